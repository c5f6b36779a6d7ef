// Fully connected layers, W [O, I] as PyTorch keeps it.
//
// Forward, W·x + b, and the input gradient, Wᵀ·g, go over the lanes: twelve outputs are summed in
// registers at once, so that each loaded vector is used twelve times. The weight gradient, g·xᵀ,
// sums over samples, so its vectors run along the inputs: it wants samples in rows, and the small
// input is transposed to [16, I] first.

/// Twelve sums, named so that they stay in registers.
private struct TwelveSums {
    var s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11: Lanes

    @inline(__always)
    init(_ value: (Int) -> Lanes) {
        (s0, s1, s2, s3) = (value(0), value(1), value(2), value(3))
        (s4, s5, s6, s7) = (value(4), value(5), value(6), value(7))
        (s8, s9, s10, s11) = (value(8), value(9), value(10), value(11))
    }

    /// Adds `x` times each of twelve weights that lie `stride` apart.
    @inline(__always)
    mutating func add(_ x: Lanes, _ weights: Floats, stride: Int) {
        s0 = multiplyAdd(broadcast(weights[0]), x, s0)
        s1 = multiplyAdd(broadcast(weights[stride]), x, s1)
        s2 = multiplyAdd(broadcast(weights[2 &* stride]), x, s2)
        s3 = multiplyAdd(broadcast(weights[3 &* stride]), x, s3)
        s4 = multiplyAdd(broadcast(weights[4 &* stride]), x, s4)
        s5 = multiplyAdd(broadcast(weights[5 &* stride]), x, s5)
        s6 = multiplyAdd(broadcast(weights[6 &* stride]), x, s6)
        s7 = multiplyAdd(broadcast(weights[7 &* stride]), x, s7)
        s8 = multiplyAdd(broadcast(weights[8 &* stride]), x, s8)
        s9 = multiplyAdd(broadcast(weights[9 &* stride]), x, s9)
        s10 = multiplyAdd(broadcast(weights[10 &* stride]), x, s10)
        s11 = multiplyAdd(broadcast(weights[11 &* stride]), x, s11)
    }

    @inline(__always)
    func forEach(_ body: (Int, Lanes) -> Void) {
        body(0, s0)
        body(1, s1)
        body(2, s2)
        body(3, s3)
        body(4, s4)
        body(5, s5)
        body(6, s6)
        body(7, s7)
        body(8, s8)
        body(9, s9)
        body(10, s10)
        body(11, s11)
    }
}

/// Two sums, for what twelve do not divide.
private struct TwoSums {
    var s0, s1: Lanes

    @inline(__always)
    init(_ value: (Int) -> Lanes) {
        (s0, s1) = (value(0), value(1))
    }

    @inline(__always)
    mutating func add(_ x: Lanes, _ weights: Floats, stride: Int) {
        s0 = multiplyAdd(broadcast(weights[0]), x, s0)
        s1 = multiplyAdd(broadcast(weights[stride]), x, s1)
    }

    @inline(__always)
    func forEach(_ body: (Int, Lanes) -> Void) {
        body(0, s0)
        body(1, s1)
    }
}

/// input [I, 16], weights [O, I], bias [O] → output [O, 16].
@inline(__always)
func denseForward(
    _ input: Floats,
    _ weights: Floats,
    _ bias: Floats,
    _ output: MutableFloats,
    inputCount: Int,
    outputCount: Int,
    isRectified: Bool
) {
    var lane = 0
    while lane < shardWidth {
        let x = input + lane
        var o = 0
        while o < outputCount {
            let w = weights + o &* inputCount
            let b = bias + o
            let target = output + (lane &+ o &* shardWidth)
            #if !KERNELS_AVX2
                if o &+ 24 <= outputCount {
                    // Each load of an input is then used 24 times.
                    var sums = TwelveSums { broadcast(b[$0]) }
                    var others = TwelveSums { broadcast(b[$0 &+ 12]) }
                    for i in 0..<inputCount {
                        let value = load(x + i &* shardWidth)
                        sums.add(value, w + i, stride: inputCount)
                        others.add(value, w + (i &+ 12 &* inputCount), stride: inputCount)
                    }
                    sums.forEach { index, sum in
                        store(isRectified ? rectified(sum) : sum, target + index &* shardWidth)
                    }
                    others.forEach { index, sum in
                        let place = target + (index &+ 12) &* shardWidth
                        store(isRectified ? rectified(sum) : sum, place)
                    }
                    o &+= 24
                    continue
                }
            #endif
            if o &+ 12 <= outputCount {
                var sums = TwelveSums { broadcast(b[$0]) }
                for i in 0..<inputCount {
                    sums.add(load(x + i &* shardWidth), w + i, stride: inputCount)
                }
                sums.forEach { index, sum in
                    store(isRectified ? rectified(sum) : sum, target + index &* shardWidth)
                }
                o &+= 12
            } else if o &+ 2 <= outputCount {
                var sums = TwoSums { broadcast(b[$0]) }
                for i in 0..<inputCount {
                    sums.add(load(x + i &* shardWidth), w + i, stride: inputCount)
                }
                sums.forEach { index, sum in
                    store(isRectified ? rectified(sum) : sum, target + index &* shardWidth)
                }
                o &+= 2
            } else {
                var sum = broadcast(b[0])
                for i in 0..<inputCount {
                    sum = multiplyAdd(broadcast(w[i]), load(x + i &* shardWidth), sum)
                }
                store(isRectified ? rectified(sum) : sum, target)
                o &+= 1
            }
        }
        lane &+= laneCount
    }
}

/// The first fully connected layer, 400 → 120, rectified.
package func dense1Forward(
    input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    outputCount: Int
) {
    denseForward(
        input,
        weights,
        bias,
        output,
        inputCount: 400,
        outputCount: 120,
        isRectified: true
    )
}

/// The second fully connected layer, 120 → 84, rectified.
package func dense2Forward(
    input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    outputCount: Int
) {
    denseForward(
        input,
        weights,
        bias,
        output,
        inputCount: 120,
        outputCount: 84,
        isRectified: true
    )
}

/// gradient [O, 16], weights [O, I], input [I, 16] → input gradient [I, 16], zero where the input
/// was rectified to zero.
@inline(__always)
func denseInputGradient(
    _ gradient: Floats,
    _ weights: Floats,
    _ input: Floats,
    _ inputGradient: MutableFloats,
    inputCount: Int,
    outputCount: Int
) {
    let zero = Lanes(repeating: 0)
    var lane = 0
    while lane < shardWidth {
        let g = gradient + lane
        var i = 0
        while i < inputCount {
            let x = input + (lane &+ i &* shardWidth)
            let target = inputGradient + (lane &+ i &* shardWidth)
            let w = weights + i
            if i &+ 12 <= inputCount {
                var sums = TwelveSums { _ in zero }
                for o in 0..<outputCount {
                    sums.add(load(g + o &* shardWidth), w + o &* inputCount, stride: 1)
                }
                sums.forEach { index, sum in
                    let offset = index &* shardWidth
                    store(opened(sum, by: load(x + offset)), target + offset)
                }
                i &+= 12
            } else {
                var sums = TwoSums { _ in zero }
                for o in 0..<outputCount {
                    sums.add(load(g + o &* shardWidth), w + o &* inputCount, stride: 1)
                }
                sums.forEach { index, sum in
                    let offset = index &* shardWidth
                    store(opened(sum, by: load(x + offset)), target + offset)
                }
                i &+= 2
            }
        }
        lane &+= laneCount
    }
}

/// Three neighbouring vectors of one row of the weight gradient.
private struct ThreeVectors {
    var v0, v1, v2: Lanes

    @inline(__always)
    mutating func add(_ g: Float, _ x0: Lanes, _ x1: Lanes, _ x2: Lanes) {
        let factor = broadcast(g)
        v0 = multiplyAdd(factor, x0, v0)
        v1 = multiplyAdd(factor, x1, v1)
        v2 = multiplyAdd(factor, x2, v2)
    }

    @inline(__always)
    func write(_ address: MutableFloats) {
        store(v0, address)
        store(v1, address + laneCount)
        store(v2, address + 2 &* laneCount)
    }
}

/// gradient [O, 16], input rows [16, I] → weight gradient [O, I], bias gradient [O]: sums over the
/// samples in their order.
///
/// The tile is four outputs by three vectors. The last tile of a row, and of the rows, overlaps the
/// one before it and computes the same values again, so that no tile is partial.
@inline(__always)
func denseWeightGradient(
    _ gradient: Floats,
    _ rows: Floats,
    _ weightGradient: MutableFloats,
    _ biasGradient: MutableFloats,
    inputCount: Int,
    outputCount: Int
) {
    let zero = Lanes(repeating: 0)
    let width = 3 &* laneCount
    var column = 0
    while column < inputCount {
        let i = min(column, inputCount &- width)
        var row = 0
        while row < outputCount {
            let o = min(row, outputCount &- 4)
            let g = gradient + o &* shardWidth
            var a = ThreeVectors(v0: zero, v1: zero, v2: zero)
            var b = a
            var c = a
            var d = a
            for sample in 0..<shardWidth {
                let x = rows + (sample &* inputCount &+ i)
                let (x0, x1) = (load(x), load(x + laneCount))
                let x2 = load(x + 2 &* laneCount)
                a.add(g[sample], x0, x1, x2)
                b.add(g[sample &+ shardWidth], x0, x1, x2)
                c.add(g[sample &+ 2 &* shardWidth], x0, x1, x2)
                d.add(g[sample &+ 3 &* shardWidth], x0, x1, x2)
            }
            let target = weightGradient + (o &* inputCount &+ i)
            a.write(target)
            b.write(target + inputCount)
            c.write(target + 2 &* inputCount)
            d.write(target + 3 &* inputCount)
            row &+= 4
        }
        column &+= width
    }
    laneSums(gradient, vectorCount: outputCount, biasGradient)
}

/// The input gradient of 120 → 84.
package func dense2InputGradient(
    gradient: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    input: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>,
    outputCount: Int
) {
    denseInputGradient(
        gradient,
        weights,
        input,
        inputGradient,
        inputCount: 120,
        outputCount: 84
    )
}

/// `denseWeightGradient` for fewer outputs than its tile has: one after the other.
func fewWeightGradients(
    _ gradient: Floats,
    _ rows: Floats,
    _ weightGradient: MutableFloats,
    _ biasGradient: MutableFloats,
    inputCount: Int,
    outputCount: Int
) {
    let zero = Lanes(repeating: 0)
    let width = 3 &* laneCount
    for o in 0..<outputCount {
        var column = 0
        while column < inputCount {
            let i = min(column, inputCount &- width)
            var sums = ThreeVectors(v0: zero, v1: zero, v2: zero)
            for sample in 0..<shardWidth {
                let x = rows + (sample &* inputCount &+ i)
                let (x0, x1) = (load(x), load(x + laneCount))
                sums.add(gradient[o &* shardWidth &+ sample], x0, x1, load(x + 2 &* laneCount))
            }
            sums.write(weightGradient + (o &* inputCount &+ i))
            column &+= width
        }
    }
    laneSums(gradient, vectorCount: outputCount, biasGradient)
}

/// The weight and bias gradients of 120 → 84.
package func dense2WeightGradient(
    gradient: UnsafePointer<Float>,
    rows: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>,
    outputCount: Int
) {
    denseWeightGradient(
        gradient,
        rows,
        weightGradient,
        biasGradient,
        inputCount: 120,
        outputCount: 84
    )
}
