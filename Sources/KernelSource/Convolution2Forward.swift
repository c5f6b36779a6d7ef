// The second convolution forward, by Winograd's minimal filtering along a row (Winograd 1980; Lavin &
// Gray 2016): two neighbouring outputs of a filter row of five take six products instead of ten.
//
// F(2, 5) evaluates at 0, ±1, ±2 and ∞. Six neighbouring inputs d become Bᵀ·d, five weights w become
// G·w, and of their products m, summed over channels and filter rows, the outputs are Aᵀ·m:
//
//     Bᵀ = 4  0 −5  0  1  0     24·G =  6   0   0   0   0     Aᵀ = 1  1  1  1  1  0
//          0 −4 −4  1  1  0            −4  −4  −4  −4  −4          0  1 −1  2 −2  1
//          0  4 −4 −1  1  0            −4   4  −4   4  −4
//          0 −2 −1  2  1  0             1   2   4   8  16
//          0  2 −1 −2  1  0             1  −2   4  −8  16
//          0  4  0 −5  0  1             0   0   0   0  24
//
// The weights are taken times 24, so that all factors are whole, and the outputs are divided by it.
// Samples go one by one, with output channels in the lanes.

/// Input columns, or weights, at the six points.
@_transparent private var pointCount: Int { 6 }

/// Floats of the weights at one point, [6, 5, 16], and of the inputs, [5, 14, 8].
@_transparent private var weightPointSize: Int { 6 * 5 * 16 }
@_transparent private var inputPointSize: Int { 5 * 14 * 8 }
/// Floats of the products at one point, [10, 16].
@_transparent private var productPointSize: Int { 10 * 16 }

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

/// 24·G·w for each filter row: turned weights [6, 5, 5, 16] → [6 points, 6, 5, 16].
@_transparent
private func transformWeights(_ turned: Floats, _ points: MutableFloats) {
    var place = 0
    while place < weightPointSize {
        let w = turned + (place / 16 &* 80 &+ place % 16)
        let (w0, w1, w2) = (load(w), load(w + 16), load(w + 32))
        let (w3, w4) = (load(w + 48), load(w + 64))
        let (even, odd) = (w0 + w2 + w4, w1 + w3)
        let evenAtTwo = multiplyAdd(broadcast(16), w4, multiplyAdd(broadcast(4), w2, w0))
        let oddAtTwo = multiplyAdd(broadcast(8), w3, broadcast(2) * w1)
        let target = points + place
        store(broadcast(6) * w0, target)
        store(broadcast(-4) * (even + odd), target + weightPointSize)
        store(broadcast(-4) * (even - odd), target + 2 &* weightPointSize)
        store(evenAtTwo + oddAtTwo, target + 3 &* weightPointSize)
        store(evenAtTwo - oddAtTwo, target + 4 &* weightPointSize)
        store(broadcast(24) * w4, target + 5 &* weightPointSize)
        place &+= laneCount
    }
}

#if KERNELS_AVX512
    /// A column's positions in two neighbouring rows.
    private typealias Positions = SIMD16<Float>
    @_transparent private var rowsAtOnce: Int { 2 }

    @_transparent
    private func loadColumn(_ address: Floats) -> Positions {
        Positions(lowHalf: loadEight(address), highHalf: loadEight(address + pooledRowStride))
    }

    @_transparent
    private func store(_ value: Positions, positions address: MutableFloats) {
        store(value, address)
    }
#else
    /// One position.
    private typealias Positions = Eight
    @_transparent private var rowsAtOnce: Int { 1 }

    @_transparent
    private func loadColumn(_ address: Floats) -> Positions { loadEight(address) }

    @_transparent
    private func store(_ value: Positions, positions address: MutableFloats) {
        store(value, eight: address)
    }
#endif

/// Bᵀ·d for each row and each two outputs of it: a sample's input [14, 14, 8] → [6 points, 5, 14, 8].
@_transparent
private func transformInput(_ input: Floats, _ points: MutableFloats) {
    let (two, four, five) = (
        Positions(repeating: 2), Positions(repeating: 4), Positions(repeating: 5)
    )
    let size = inputPointSize
    var y = 0
    while y < 14 {
        let row = input + y &* pooledRowStride
        var (d0, d1) = (loadColumn(row), loadColumn(row + 8))
        var (d2, d3) = (loadColumn(row + 16), loadColumn(row + 24))
        for tile in 0..<5 {
            let next = row + (2 &* tile &+ 4) &* positionStride
            let (d4, d5) = (loadColumn(next), loadColumn(next + 8))
            let (p, q) = (d4.addingProduct(-four, d2), d3.addingProduct(-four, d1))
            let (r, s) = (d4 - d2, d3 - d1)
            let target = points + (tile &* 112 &+ y &* 8)
            store(d4.addingProduct(-five, d2).addingProduct(four, d0), positions: target)
            store(p + q, positions: target + size)
            store(p - q, positions: target + 2 &* size)
            store(r.addingProduct(two, s), positions: target + 3 &* size)
            store(r.addingProduct(-two, s), positions: target + 4 &* size)
            store(
                d5.addingProduct(-five, d3).addingProduct(four, d1),
                positions: target + 5 &* size
            )
            (d0, d1, d2, d3) = (d2, d3, d4, d5)
        }
        y &+= rowsAtOnce
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

    /// Adds one channel: inputs [14, 8], weights [5, 16].
    @_transparent
    mutating func add(_ v: Floats, _ u: Floats) {
        let (u0, u1, u2) = (load(u), load(u + 16), load(u + 32))
        let (u3, u4) = (load(u + 48), load(u + 64))
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
        store(s1, address + 16)
        store(s2, address + 32)
        store(s3, address + 48)
        store(s4, address + 64)
        store(s5, address + 80)
        store(s6, address + 96)
        store(s7, address + 112)
        store(s8, address + 128)
        store(s9, address + 144)
    }
}

/// Pools a column of five windows: products [6 points, 10, 16] → values and winners, of which each
/// is `to` behind the one above.
@_transparent
private func poolColumn(
    _ products: Floats,
    _ bias: Lanes,
    _ values: MutableFloats,
    _ winner: MutableIntegers,
    to: Int
) {
    for window in 0..<5 {
        let top = outputPair(products + 32 &* window, bias)
        let bottom = outputPair(products + (32 &* window &+ 16), bias)
        poolWindow(
            top.left,
            top.right,
            bottom.left,
            bottom.right,
            values + window &* to,
            winner + window &* to
        )
    }
}

/// Aᵀ·m / 24 + bias: two neighbouring outputs.
@_transparent
private func outputPair(_ m: Floats, _ bias: Lanes) -> (left: Lanes, right: Lanes) {
    let size = productPointSize
    let (m1, m2) = (load(m + size), load(m + 2 &* size))
    let (m3, m4) = (load(m + 3 &* size), load(m + 4 &* size))
    let left = load(m) + (m1 + m2) + (m3 + m4)
    let right = multiplyAdd(broadcast(2), m3 - m4, m1 - m2) + load(m + 5 &* size)
    // Rounded before the bias comes: whole numbers then stay whole.
    let part = broadcast(1 / 24)
    return (left * part + bias, right * part + bias)
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

/// Whether each magnitude is at most 10¹⁵: then no sum of products of two of them, nor of what the
/// points make of them, overflows.
@_transparent
private func areModest(_ values: Floats, count: Int) -> Bool {
    let limit: Float = 1e15
    var areAll = laneNumbers .>= IntegerLanes(repeating: 0)
    var index = 0
    while index < count {
        let value = load(values + index)
        areAll = areAll .& (value .<= broadcast(limit)) .& (value .>= broadcast(-limit))
        index &+= laneCount
    }
    for lane in 0..<laneCount where !areAll[lane] { return false }
    return true
}

/// The second convolution: input [16, 14, 14, 8] → output and winner [16, 5, 5, 16].
///
/// At each of the six points, a sum goes over the channels, and in a channel over the filter rows.
/// Against double precision, outputs are wrong by up to 8·10⁻⁷ of the greatest (25,600 of random
/// inputs and weights; by the definition up to 5·10⁻⁷). A sample with what is not finite, or so
/// great that a sum of products could overflow, goes by the definition. Scratch is 7,200 floats at
/// a 64-byte boundary.
package func convolution2Forward(
    input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    winner: UnsafeMutablePointer<Int32>
) {
    let weightPoints = scratch
    let inputPoints = scratch + pointCount &* weightPointSize
    let products = inputPoints + pointCount &* inputPointSize
    // The turned weights lie where the input's points will.
    turnWeights(weights, inputPoints)
    let haveModestWeights = areModest(weights, count: 2_400)
    transformWeights(inputPoints, weightPoints)
    for sample in 0..<16 {
        let image = input + sample &* pooledSampleStride
        guard haveModestWeights, areModest(image, count: pooledSampleStride) else {
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
        transformInput(image, inputPoints)
        for tile in 0..<5 {
            var lane = 0
            while lane < 16 {
                for point in 0..<pointCount {
                    var sums = ColumnSums()
                    let v = inputPoints + (point &* inputPointSize &+ tile &* 112)
                    let u = weightPoints + (point &* weightPointSize &+ lane)
                    for channel in 0..<6 { sums.add(v + channel, u + channel &* 80) }
                    sums.write(products + (point &* productPointSize &+ lane))
                }
                let place = sample &* 400 &+ tile &* 16 &+ lane
                poolColumn(
                    products + lane,
                    load(bias + lane),
                    output + place,
                    winner + place,
                    to: 80
                )
                lane &+= laneCount
            }
        }
    }
}
