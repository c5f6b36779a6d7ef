/// The sums of one row of the input gradient: fourteen named, so that they stay in registers.
private struct RowSums {
    var s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13: Lanes

    @_transparent
    init() {
        s0 = Lanes(repeating: 0)
        (s1, s2, s3, s4, s5, s6, s7) = (s0, s0, s0, s0, s0, s0, s0)
        (s8, s9, s10, s11, s12, s13) = (s0, s0, s0, s0, s0, s0)
    }

    /// Adds one row of ten gradients times one row of five weights: each gradient is loaded once
    /// and used five times.
    @_transparent
    mutating func add(_ gradient: Floats, _ weights: Floats) {
        let w0 = broadcast(weights[0])
        let w1 = broadcast(weights[1])
        let w2 = broadcast(weights[2])
        let w3 = broadcast(weights[3])
        let w4 = broadcast(weights[4])
        spread(load(gradient), w0, w1, w2, w3, w4, &s0, &s1, &s2, &s3, &s4)
        spread(load(gradient + 16), w0, w1, w2, w3, w4, &s1, &s2, &s3, &s4, &s5)
        spread(load(gradient + 32), w0, w1, w2, w3, w4, &s2, &s3, &s4, &s5, &s6)
        spread(load(gradient + 48), w0, w1, w2, w3, w4, &s3, &s4, &s5, &s6, &s7)
        spread(load(gradient + 64), w0, w1, w2, w3, w4, &s4, &s5, &s6, &s7, &s8)
        spread(load(gradient + 80), w0, w1, w2, w3, w4, &s5, &s6, &s7, &s8, &s9)
        spread(load(gradient + 96), w0, w1, w2, w3, w4, &s6, &s7, &s8, &s9, &s10)
        spread(load(gradient + 112), w0, w1, w2, w3, w4, &s7, &s8, &s9, &s10, &s11)
        spread(load(gradient + 128), w0, w1, w2, w3, w4, &s8, &s9, &s10, &s11, &s12)
        spread(load(gradient + 144), w0, w1, w2, w3, w4, &s9, &s10, &s11, &s12, &s13)
    }

    /// Writes the row, zero where the input was rectified to zero.
    @_transparent
    func write(_ input: Floats, _ output: MutableFloats) {
        writeOpen(s0, input, output, 0)
        writeOpen(s1, input, output, 1)
        writeOpen(s2, input, output, 2)
        writeOpen(s3, input, output, 3)
        writeOpen(s4, input, output, 4)
        writeOpen(s5, input, output, 5)
        writeOpen(s6, input, output, 6)
        writeOpen(s7, input, output, 7)
        writeOpen(s8, input, output, 8)
        writeOpen(s9, input, output, 9)
        writeOpen(s10, input, output, 10)
        writeOpen(s11, input, output, 11)
        writeOpen(s12, input, output, 12)
        writeOpen(s13, input, output, 13)
    }
}

@_transparent
private func spread(
    _ g: Lanes,
    _ w0: Lanes,
    _ w1: Lanes,
    _ w2: Lanes,
    _ w3: Lanes,
    _ w4: Lanes,
    _ s0: inout Lanes,
    _ s1: inout Lanes,
    _ s2: inout Lanes,
    _ s3: inout Lanes,
    _ s4: inout Lanes
) {
    s0 = multiplyAdd(g, w0, s0)
    s1 = multiplyAdd(g, w1, s1)
    s2 = multiplyAdd(g, w2, s2)
    s3 = multiplyAdd(g, w3, s3)
    s4 = multiplyAdd(g, w4, s4)
}

@_transparent
private func writeOpen(_ sum: Lanes, _ input: Floats, _ output: MutableFloats, _ x: Int) {
    let offset = x &* shardWidth
    store(opened(sum, by: load(input + offset)), output + offset)
}

/// The input gradient of the second convolution: gradient [16, 10, 10, 16] → input gradient [6, 14,
/// 14, 16].
///
/// dx[i, y, x] = Σ over o, ky, kx of g[o, y−ky, x−kx] · w[o, i, ky, kx], and zero where the input
/// was rectified to zero.
package func convolution2InputGradient(
    gradient: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    input: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>
) {
    var lane = 0
    while lane < shardWidth {
        for y in 0..<14 {
            for channel in 0..<6 {
                var sums = RowSums()
                for o in 0..<16 {
                    for ky in max(0, y &- 9)...min(4, y) {
                        sums.add(
                            gradient + ((o &* 10 &+ y &- ky) &* 160 &+ lane),
                            weights + ((o &* 6 &+ channel) &* 25 &+ ky &* 5)
                        )
                    }
                }
                let row = (channel &* 14 &+ y) &* 14 &* shardWidth &+ lane
                sums.write(input + row, inputGradient + row)
            }
        }
        lane &+= laneCount
    }
}
