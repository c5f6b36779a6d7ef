// The weight gradient of a fully connected layer, g·xᵀ, sums over samples, so its vectors run along
// the inputs: it wants samples in rows, and the small input is transposed to [16, I] first.

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
