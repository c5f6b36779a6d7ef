// Convolution 5×5, rectifier and 2×2 max-pooling in one pass: the four outputs under a pooling
// window, for several output channels, are the sums in registers, and only their maximum is
// written. Samples are in the lanes; filter rows whose pixels are zero in all of them are left out.

/// The sums of one output channel at the four positions of one pooling window.
private struct WindowSums {
    var topLeft, topRight, bottomLeft, bottomRight: Lanes

    @_transparent
    init(_ bias: Lanes) {
        topLeft = bias
        topRight = topLeft
        bottomLeft = topLeft
        bottomRight = topLeft
    }

    @_transparent
    mutating func add(_ weight: Lanes, _ tap: WindowTap) {
        topLeft = multiplyAdd(weight, tap.topLeft, topLeft)
        topRight = multiplyAdd(weight, tap.topRight, topRight)
        bottomLeft = multiplyAdd(weight, tap.bottomLeft, bottomLeft)
        bottomRight = multiplyAdd(weight, tap.bottomRight, bottomRight)
    }

    @_transparent
    func pool(_ output: MutableFloats, _ winner: MutableIntegers) {
        poolWindow(topLeft, topRight, bottomLeft, bottomRight, output, winner)
    }
}

/// The four inputs that one weight meets under one pooling window.
private struct WindowTap {
    let topLeft, topRight, bottomLeft, bottomRight: Lanes

    @_transparent
    init(_ top: Floats, _ bottom: Floats) {
        topLeft = load(top)
        topRight = load(top + shardWidth)
        bottomLeft = load(bottom)
        bottomRight = load(bottom + shardWidth)
    }
}

/// Adds filter rows of two of the first convolution's channels under one window.
@_transparent
private func addRows(
    _ rows: Range<Int>,
    _ input: Floats,
    _ weights: Floats,
    _ a: inout WindowSums,
    _ b: inout WindowSums
) {
    for ky in rows {
        let top = input + ky &* 32 &* shardWidth
        let bottom = top + 32 &* shardWidth
        let w = weights + ky &* 5
        for kx in 0..<5 {
            let tap = WindowTap(top + kx &* shardWidth, bottom + kx &* shardWidth)
            a.add(broadcast(w[kx]), tap)
            b.add(broadcast(w[kx &+ 25]), tap)
        }
    }
}

/// Pools all six channels of one window: values and winners [6, 16].
@_transparent
private func convolveWindow(
    _ rows: Range<Int>,
    _ input: Floats,
    _ weights: Floats,
    _ bias: Floats,
    _ values: MutableFloats,
    _ winner: MutableIntegers
) {
    #if KERNELS_AVX512
        // 24 sums, four inputs and a weight: each input is loaded once.
        var (a, b) = (WindowSums(broadcast(bias[0])), WindowSums(broadcast(bias[1])))
        var (c, d) = (WindowSums(broadcast(bias[2])), WindowSums(broadcast(bias[3])))
        var (e, f) = (WindowSums(broadcast(bias[4])), WindowSums(broadcast(bias[5])))
        for ky in rows {
            let top = input + ky &* 32 &* shardWidth
            let bottom = top + 32 &* shardWidth
            let w = weights + ky &* 5
            for kx in 0..<5 {
                let tap = WindowTap(top + kx &* shardWidth, bottom + kx &* shardWidth)
                a.add(broadcast(w[kx]), tap)
                b.add(broadcast(w[kx &+ 25]), tap)
                c.add(broadcast(w[kx &+ 50]), tap)
                d.add(broadcast(w[kx &+ 75]), tap)
                e.add(broadcast(w[kx &+ 100]), tap)
                f.add(broadcast(w[kx &+ 125]), tap)
            }
        }
        a.pool(values, winner)
        b.pool(values + 16, winner + 16)
        c.pool(values + 32, winner + 32)
        d.pool(values + 48, winner + 48)
        e.pool(values + 64, winner + 64)
        f.pool(values + 80, winner + 80)
    #else
        for pair in 0..<3 {
            var a = WindowSums(broadcast(bias[2 &* pair]))
            var b = WindowSums(broadcast(bias[2 &* pair &+ 1]))
            addRows(rows, input, weights + pair &* 50, &a, &b)
            a.pool(values + pair &* 32, winner + pair &* 32)
            b.pool(values + (pair &* 32 &+ 16), winner + (pair &* 32 &+ 16))
        }
    #endif
}

/// The filter rows from the first to the last that meet ink of samples under window (x, y).
@_transparent
private func inkedRows(_ ink: UnsafePointer<UInt16>, samples: UInt16) -> Range<Int> {
    var inked: UInt32 = 0
    for row in 0..<6 {
        inked |= ink[row &* 16] & samples == 0 ? 0 : 1 &<< UInt32(truncatingIfNeeded: row)
    }
    // A filter row meets two rows of the input.
    let rows = (inked | inked &>> 1) & 31
    return rows == 0 ? 0..<0 : rows.trailingZeroBitCount..<(32 &- rows.leadingZeroBitCount)
}

/// The first convolution: input [32, 32, 16], rows of patches with ink as `mapInk` has them →
/// output [16, 14, 14, 8], winner [196, 6, 16].
///
/// A weight times a pixel of zero adds nothing: rows without ink are left out, unless a weight is
/// not finite. Scratch is [8, 16] at a 64-byte boundary.
package func convolution1Forward(
    input: UnsafePointer<Float>,
    ink: UnsafePointer<UInt16>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    winner: UnsafeMutablePointer<Int32>
) {
    let leavingZeros = areFinite(weights, count: 150)
    scratch.update(repeating: 0, count: 8 &* shardWidth)
    // Eight samples together, or as many as a vector holds.
    let groupWidth = max(laneCount, 8)
    var group = 0
    while group < shardWidth {
        let bits: UInt32 = ((1 &<< UInt32(truncatingIfNeeded: groupWidth)) &- 1)
        let samples = UInt16(truncatingIfNeeded: bits &<< UInt32(truncatingIfNeeded: group))
        for y in 0..<14 {
            for x in 0..<14 {
                let window = y &* 14 &+ x
                let rows =
                    leavingZeros ? inkedRows(ink + (y &* 32 &+ x), samples: samples) : 0..<5
                var lane = group
                while lane < group &+ groupWidth {
                    convolveWindow(
                        rows,
                        input + ((y &* 64 &+ 2 &* x) &* shardWidth &+ lane),
                        weights,
                        bias,
                        scratch + lane,
                        winner + (window &* 96 &+ lane)
                    )
                    lane &+= laneCount
                }
                var first = group
                while first < group &+ groupWidth {
                    transposeEight(
                        scratch + first,
                        from: 16,
                        output + (first &* pooledSampleStride &+ window &* positionStride),
                        to: pooledSampleStride
                    )
                    first &+= 8
                }
            }
        }
        group &+= groupWidth
    }
}
