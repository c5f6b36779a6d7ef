// Fully connected layers, W [O, I] as PyTorch keeps it.
//
// Forward, W·x + b, and the input gradient, Wᵀ·g, go over the lanes: twelve vectors are summed in
// registers at once, so that what is loaded is used several times.

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

#if KERNELS_AVX2
    /// Six sums of both halves of a shard's samples: each weight is then used twice, and with sixteen
    /// registers this is what keeps loads fewer than multiply-adds.
    private struct SixPairs {
        var l0, l1, l2, l3, l4, l5, u0, u1, u2, u3, u4, u5: Lanes

        @inline(__always)
        init(_ value: (Int) -> Lanes) {
            (l0, l1, l2) = (value(0), value(1), value(2))
            (l3, l4, l5) = (value(3), value(4), value(5))
            (u0, u1, u2, u3, u4, u5) = (l0, l1, l2, l3, l4, l5)
        }

        /// Adds the two vectors at `x` times each of six weights that lie `stride` apart.
        @inline(__always)
        mutating func add(_ x: Floats, _ weights: Floats, stride: Int) {
            let (lower, upper) = (load(x), load(x + laneCount))
            let w0 = broadcast(weights[0])
            (l0, u0) = (multiplyAdd(w0, lower, l0), multiplyAdd(w0, upper, u0))
            let w1 = broadcast(weights[stride])
            (l1, u1) = (multiplyAdd(w1, lower, l1), multiplyAdd(w1, upper, u1))
            let w2 = broadcast(weights[2 &* stride])
            (l2, u2) = (multiplyAdd(w2, lower, l2), multiplyAdd(w2, upper, u2))
            let w3 = broadcast(weights[3 &* stride])
            (l3, u3) = (multiplyAdd(w3, lower, l3), multiplyAdd(w3, upper, u3))
            let w4 = broadcast(weights[4 &* stride])
            (l4, u4) = (multiplyAdd(w4, lower, l4), multiplyAdd(w4, upper, u4))
            let w5 = broadcast(weights[5 &* stride])
            (l5, u5) = (multiplyAdd(w5, lower, l5), multiplyAdd(w5, upper, u5))
        }

        /// Gives each vector and how many vectors behind the first one it belongs.
        @inline(__always)
        func forEach(_ body: (Int, Lanes) -> Void) {
            body(0, l0)
            body(1, u0)
            body(2, l1)
            body(3, u1)
            body(4, l2)
            body(5, u2)
            body(6, l3)
            body(7, u3)
            body(8, l4)
            body(9, u4)
            body(10, l5)
            body(11, u5)
        }
    }
#endif

/// Two sums, for what the tiles do not divide.
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
    var first = 0
    #if KERNELS_AVX2
        while first &+ 6 <= outputCount {
            let (w, b) = (weights + first &* inputCount, bias + first)
            let target = output + first &* shardWidth
            var sums = SixPairs { broadcast(b[$0]) }
            for i in 0..<inputCount { sums.add(input + i &* shardWidth, w + i, stride: inputCount) }
            sums.forEach { index, sum in
                store(isRectified ? rectified(sum) : sum, target + index &* laneCount)
            }
            first &+= 6
        }
    #endif
    var lane = 0
    while lane < shardWidth {
        let x = input + lane
        var o = first
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
    var first = 0
    #if KERNELS_AVX2
        while first &+ 6 <= inputCount {
            let x = input + first &* shardWidth
            let target = inputGradient + first &* shardWidth
            var sums = SixPairs { _ in zero }
            for o in 0..<outputCount {
                let w = weights + (o &* inputCount &+ first)
                sums.add(gradient + o &* shardWidth, w, stride: 1)
            }
            sums.forEach { index, sum in
                let offset = index &* laneCount
                store(opened(sum, by: load(x + offset)), target + offset)
            }
            first &+= 6
        }
    #endif
    var lane = 0
    while lane < shardWidth {
        let g = gradient + lane
        var i = first
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
