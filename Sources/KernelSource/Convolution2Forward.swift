// The second convolution forward. A row of ten outputs is two times five of `Winograd`; samples go one
// by one, with output channels in the lanes.

/// Turns the weights [16, 150] to [150, 16].
@_transparent
private func turnWeights(_ weights: Floats, _ turned: MutableFloats) {
    var row = 0
    while row < 150 {
        let first = min(row, 142)
        transposeEight(weights + first, from: 150, turned + first &* 16, to: 16)
        transposeEight(weights + (1_200 &+ first), from: 150, turned + (first &* 16 &+ 8), to: 16)
        row &+= 8
    }
}

/// The sums of a column of ten outputs at one point.
private struct ColumnSums {
    var s0, s1, s2, s3, s4, s5, s6, s7, s8, s9: Lanes

    @_transparent
    init() {
        s0 = Lanes(repeating: 0)
        (s1, s2, s3, s4, s5, s6, s7, s8, s9) = (s0, s0, s0, s0, s0, s0, s0, s0, s0)
    }

    /// Adds one channel: inputs [14, 8], weights [5, lanes].
    @_transparent
    mutating func add(_ v: Floats, _ u: Floats) {
        let (u0, u1, u2) = (load(u), load(u + laneCount), load(u + 2 &* laneCount))
        let (u3, u4) = (load(u + 3 &* laneCount), load(u + 4 &* laneCount))
        let x0 = broadcast(v[0])
        s0 = multiplyAdd(x0, u0, s0)
        let x1 = broadcast(v[8])
        s1 = multiplyAdd(x1, u0, s1)
        s0 = multiplyAdd(x1, u1, s0)
        let x2 = broadcast(v[16])
        s2 = multiplyAdd(x2, u0, s2)
        s1 = multiplyAdd(x2, u1, s1)
        s0 = multiplyAdd(x2, u2, s0)
        let x3 = broadcast(v[24])
        s3 = multiplyAdd(x3, u0, s3)
        s2 = multiplyAdd(x3, u1, s2)
        s1 = multiplyAdd(x3, u2, s1)
        s0 = multiplyAdd(x3, u3, s0)
        let x4 = broadcast(v[32])
        s4 = multiplyAdd(x4, u0, s4)
        s3 = multiplyAdd(x4, u1, s3)
        s2 = multiplyAdd(x4, u2, s2)
        s1 = multiplyAdd(x4, u3, s1)
        s0 = multiplyAdd(x4, u4, s0)
        let x5 = broadcast(v[40])
        s5 = multiplyAdd(x5, u0, s5)
        s4 = multiplyAdd(x5, u1, s4)
        s3 = multiplyAdd(x5, u2, s3)
        s2 = multiplyAdd(x5, u3, s2)
        s1 = multiplyAdd(x5, u4, s1)
        let x6 = broadcast(v[48])
        s6 = multiplyAdd(x6, u0, s6)
        s5 = multiplyAdd(x6, u1, s5)
        s4 = multiplyAdd(x6, u2, s4)
        s3 = multiplyAdd(x6, u3, s3)
        s2 = multiplyAdd(x6, u4, s2)
        let x7 = broadcast(v[56])
        s7 = multiplyAdd(x7, u0, s7)
        s6 = multiplyAdd(x7, u1, s6)
        s5 = multiplyAdd(x7, u2, s5)
        s4 = multiplyAdd(x7, u3, s4)
        s3 = multiplyAdd(x7, u4, s3)
        let x8 = broadcast(v[64])
        s8 = multiplyAdd(x8, u0, s8)
        s7 = multiplyAdd(x8, u1, s7)
        s6 = multiplyAdd(x8, u2, s6)
        s5 = multiplyAdd(x8, u3, s5)
        s4 = multiplyAdd(x8, u4, s4)
        let x9 = broadcast(v[72])
        s9 = multiplyAdd(x9, u0, s9)
        s8 = multiplyAdd(x9, u1, s8)
        s7 = multiplyAdd(x9, u2, s7)
        s6 = multiplyAdd(x9, u3, s6)
        s5 = multiplyAdd(x9, u4, s5)
        let x10 = broadcast(v[80])
        s9 = multiplyAdd(x10, u1, s9)
        s8 = multiplyAdd(x10, u2, s8)
        s7 = multiplyAdd(x10, u3, s7)
        s6 = multiplyAdd(x10, u4, s6)
        let x11 = broadcast(v[88])
        s9 = multiplyAdd(x11, u2, s9)
        s8 = multiplyAdd(x11, u3, s8)
        s7 = multiplyAdd(x11, u4, s7)
        let x12 = broadcast(v[96])
        s9 = multiplyAdd(x12, u3, s9)
        s8 = multiplyAdd(x12, u4, s8)
        let x13 = broadcast(v[104])
        s9 = multiplyAdd(x13, u4, s9)
    }

    @_transparent
    func write(_ address: MutableFloats) {
        store(s0, address)
        store(s1, address + laneCount)
        store(s2, address + 2 &* laneCount)
        store(s3, address + 3 &* laneCount)
        store(s4, address + 4 &* laneCount)
        store(s5, address + 5 &* laneCount)
        store(s6, address + 6 &* laneCount)
        store(s7, address + 7 &* laneCount)
        store(s8, address + 8 &* laneCount)
        store(s9, address + 9 &* laneCount)
    }
}

/// The same with every product of the definition, bias first, then by channel, filter row and filter
/// column.
private func convolveNaively(
    _ input: Floats,
    _ turned: Floats,
    _ bias: Floats,
    _ output: MutableFloats,
    _ winner: MutableIntegers
) {
    var place = 0
    while place < 400 {
        let window = place / 16
        let first = input + (window / 5 &* 2 &* pooledRowStride &+ window % 5 &* 16)
        let lane = place % 16
        var topLeft = load(bias + lane)
        var (topRight, bottomLeft, bottomRight) = (topLeft, topLeft, topLeft)
        for tap in 0..<150 {
            let (channel, ky, kx) = (tap / 25, tap % 25 / 5, tap % 5)
            let x = first + (ky &* pooledRowStride &+ kx &* positionStride &+ channel)
            let w = load(turned + (tap &* 16 &+ lane))
            topLeft = multiplyAdd(w, broadcast(x[0]), topLeft)
            topRight = multiplyAdd(w, broadcast(x[positionStride]), topRight)
            bottomLeft = multiplyAdd(w, broadcast(x[pooledRowStride]), bottomLeft)
            bottomRight = multiplyAdd(
                w,
                broadcast(x[pooledRowStride &+ positionStride]),
                bottomRight
            )
        }
        poolWindow(topLeft, topRight, bottomLeft, bottomRight, output + place, winner + place)
        place &+= laneCount
    }
}

/// The second convolution: input [16, 14, 14, 8] → output and winner [16, 5, 5, 16].
///
/// At each of the nine points, a sum goes over the channels, and in a channel over the filter rows.
/// An output whose inputs are all zero is the bias. Against double precision, outputs are wrong by
/// up to 1.3·10⁻⁶ of the greatest (102,400 of random weights and of inputs half of which are zero;
/// by the definition up to 5·10⁻⁷). A sample with what is not finite, or so great that a sum of
/// products could overflow, goes by the definition. Scratch is 9,482 floats at a 64-byte boundary.
package func convolution2Forward(
    input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    winner: UnsafeMutablePointer<Int32>
) {
    let weightPoints = scratch
    let inputPoints = scratch + Winograd.weightsSize
    let products = inputPoints + 2 &* Winograd.inputHalfSize
    let lastColumn = products + 2 &* Winograd.productHalfSize
    let masks = UnsafeMutableRawPointer(lastColumn + Winograd.productPointSize)
        .assumingMemoryBound(to: Int32.self)
    // The turned weights lie where the input's points and the products will.
    turnWeights(weights, inputPoints)
    let haveModestWeights = Winograd.areAllModest(weights, count: 2_400)
    Winograd.transformWeights(inputPoints, weightPoints)
    for sample in 0..<16 {
        let image = input + sample &* pooledSampleStride
        guard Winograd.findMasks(image, masks), haveModestWeights else {
            turnWeights(weights, inputPoints)
            convolveNaively(
                image,
                inputPoints,
                bias,
                output + sample &* 400,
                winner + sample &* 400
            )
            continue
        }
        Winograd.transformInput(image, inputPoints)
        var u = Floats(weightPoints)
        var lane = 0
        while lane < 16 {
            var (v, m) = (inputPoints, products)
            for _ in 0..<Winograd.pointCount {
                for half in 0..<2 {
                    var sums = ColumnSums()
                    let v = v + half &* Winograd.inputHalfSize
                    for channel in 0..<6 { sums.add(v + channel, u + 5 &* channel &* laneCount) }
                    sums.write(m + half &* Winograd.productHalfSize)
                }
                u += Winograd.weightPointSize
                v += Winograd.inputPointSize
                m += Winograd.productPointSize
            }
            let place = sample &* 400 &+ lane
            Winograd.pool(
                products,
                bias + lane,
                masks,
                scratch: lastColumn,
                output + place,
                winner + place
            )
            lane &+= laneCount
        }
    }
}
