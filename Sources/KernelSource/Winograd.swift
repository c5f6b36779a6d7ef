// Winograd's minimal filtering along a row (Winograd 1980; Lavin & Gray 2016), F(5, 5): five
// neighbouring outputs of a filter row of five take nine products instead of 25.
//
// It evaluates at four pairs of points, ±p for p = 1/4, 3/4, 1 and 2, and at ∞. Nine neighbouring
// inputs d and five weights w are polynomials of x; M is the product of all x² − p², and Q of those of
// the other pairs:
//
//     inputs   V(±p) = odd ± p·even, where even and odd are Q's coefficients (in x²) times
//                      d0, d2, d4, d6 and times d1, d3, d5, d7
//              V(∞)  = M's coefficients times d0, d2, d4, d6, d8
//     weights  U(±p) = ±(w0 ± w1·p + w2·p² ± w3·p³ + w4·p⁴) / (2·p·Q(p²))
//              U(∞)  = w4
//     outputs  y(k)  = Σ p^k·(m(p) + (−1)^k·m(−p)) over the pairs, and m(∞) in y(4),
//
// where the products m = U·V are summed over channels and filter rows. Of sets of small dyadic
// fractions these points round least: the greatest error is twice that of F(2, 5). An output also
// depends on inputs of its tile that are not its own, but for rounding only: where all of its own
// are zero, it is masked. Without that, noise passes the rectifier where nothing should, and by step
// 50 on raw pixels the loss has left Keras's.

/// What the points' numbers take.
enum Winograd {
    /// A pair's two points are behind one another, ∞ is the last.
    @_transparent static var pointCount: Int { 9 }

    /// Floats of the weights at one point, for the output channels of a vector: [6, 5, lanes].
    @_transparent static var weightPointSize: Int { 6 &* 5 &* laneCount }
    /// Floats of all of them, [16 / lanes, 9 points, 6, 5, lanes].
    @_transparent static var weightsSize: Int { 9 &* 6 &* 5 &* 16 }

    /// Floats of the inputs at one point, [14, 8], and at all points of half a row.
    @_transparent static var inputPointSize: Int { 14 &* 8 }
    @_transparent static var inputHalfSize: Int { pointCount &* inputPointSize }

    /// Floats of the products at one point, [10, lanes], and at all points of half a row.
    @_transparent static var productPointSize: Int { 10 &* laneCount }
    @_transparent static var productHalfSize: Int { pointCount &* productPointSize }
}

/// A pair of points ±p.
private struct PointPair {
    /// p, p², p³ and p⁴.
    let p1, p2, p3, p4: Float
    /// The coefficients of Q: of 1, x² and x⁴; that of x⁶ is 1.
    let q0, q2, q4: Float
    /// 2·p·Q(p²).
    let divisor: Float

    /// The pair ±p beside three others, of whose points these are the squares.
    @_transparent
    init(_ p: Float, _ a: Float, _ b: Float, _ c: Float) {
        (p1, p2, p3, p4) = (p, p * p, p * p * p, p * p * p * p)
        (q0, q2, q4) = (-a * b * c, a * b + b * c + c * a, -a - b - c)
        divisor = 2 * p * (p * p - a) * (p * p - b) * (p * p - c)
    }
}

@_transparent private var quarter: PointPair { PointPair(0.25, 0.5625, 1, 4) }
@_transparent private var threeQuarters: PointPair { PointPair(0.75, 0.0625, 1, 4) }
@_transparent private var one: PointPair { PointPair(1, 0.0625, 0.5625, 4) }
@_transparent private var two: PointPair { PointPair(2, 0.0625, 0.5625, 1) }

extension Winograd {
    /// The weights at the points: turned [6, 5, 5, 16] → [16 / lanes, 9 points, 6, 5, lanes].
    @inline(never)
    static func transformWeights(_ turned: Floats, _ points: MutableFloats) {
        var target = points
        var lane = 0
        while lane < 16 {
            for row in 0..<30 {
                let w = turned + (row &* 80 &+ lane)
                let row = WeightRow(
                    w0: load(w),
                    w1: load(w + 16),
                    w2: load(w + 32),
                    w3: load(w + 48),
                    w4: load(w + 64)
                )
                let size = weightPointSize
                row.write(at: quarter, target)
                row.write(at: threeQuarters, target + 2 &* size)
                row.write(at: one, target + 4 &* size)
                row.write(at: two, target + 6 &* size)
                store(row.w4, target + 8 &* size)
                target += laneCount
            }
            target += 8 &* weightPointSize
            lane &+= laneCount
        }
    }
}

/// The five weights of a filter row.
private struct WeightRow {
    let w0, w1, w2, w3, w4: Lanes

    /// Writes what they are at ±p.
    @_transparent
    func write(at p: PointPair, _ target: MutableFloats) {
        let even = multiplyAdd(broadcast(p.p4), w4, multiplyAdd(broadcast(p.p2), w2, w0))
        let odd = multiplyAdd(broadcast(p.p3), w3, broadcast(p.p1) * w1)
        let scale = broadcast(1 / p.divisor)
        store(scale * (even + odd), target)
        store(scale * (odd - even), target + Winograd.weightPointSize)
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

/// Nine neighbouring inputs, or rather positions, of a row.
private struct InputRow {
    let d0, d1, d2, d3, d4, d5, d6, d7, d8: Positions

    @_transparent
    init(_ row: Floats) {
        (d0, d1, d2) = (loadColumn(row), loadColumn(row + 8), loadColumn(row + 16))
        (d3, d4, d5) = (loadColumn(row + 24), loadColumn(row + 32), loadColumn(row + 40))
        (d6, d7, d8) = (loadColumn(row + 48), loadColumn(row + 56), loadColumn(row + 64))
    }

    /// Writes what they are at ±p.
    @_transparent
    func write(at p: PointPair, _ target: MutableFloats) {
        let (q0, q2) = (Positions(repeating: p.q0), Positions(repeating: p.q2))
        let q4 = Positions(repeating: p.q4)
        let even = d6.addingProduct(q4, d4).addingProduct(q2, d2).addingProduct(q0, d0)
        let odd = d7.addingProduct(q4, d5).addingProduct(q2, d3).addingProduct(q0, d1)
        let factor = Positions(repeating: p.p1)
        store(odd.addingProduct(factor, even), positions: target)
        store(odd.addingProduct(-factor, even), positions: target + Winograd.inputPointSize)
    }

    /// Writes what they are at ∞: the coefficients of (x² − 1/16)(x² − 9/16)(x² − 1)(x² − 4).
    @_transparent
    func writeAtInfinity(_ target: MutableFloats) {
        let pair = two
        let (p0, p2) = (-4 * pair.q0, pair.q0 - 4 * pair.q2)
        let (p4, p6) = (pair.q2 - 4 * pair.q4, pair.q4 - 4)
        let value = d8.addingProduct(Positions(repeating: p6), d6)
            .addingProduct(Positions(repeating: p4), d4)
            .addingProduct(Positions(repeating: p2), d2)
            .addingProduct(Positions(repeating: p0), d0)
        store(value, positions: target)
    }
}

extension Winograd {
    /// A sample's input [14, 14, 8] → [2 halves of a row, 9 points, 14, 8].
    @inline(never)
    static func transformInput(_ input: Floats, _ points: MutableFloats) {
        let size = inputPointSize
        var y = 0
        while y < 14 {
            for half in 0..<2 {
                let row = InputRow(input + (y &* pooledRowStride &+ half &* 40))
                let target = points + (half &* inputHalfSize &+ y &* 8)
                row.write(at: quarter, target)
                row.write(at: threeQuarters, target + 2 &* size)
                row.write(at: one, target + 4 &* size)
                row.write(at: two, target + 6 &* size)
                row.writeAtInfinity(target + 8 &* size)
            }
            y &+= rowsAtOnce
        }
    }
}

/// Five neighbouring outputs of a row.
private struct OutputRow {
    let y0, y1, y2, y3, y4: Lanes

    /// Of products [9 points, 10, lanes].
    @_transparent
    init(_ m: Floats, _ bias: Lanes, _ masks: Integers) {
        let size = Winograd.productPointSize
        let (a, b) = (load(m), load(m + size))
        let (c, d) = (load(m + 2 &* size), load(m + 3 &* size))
        let (e, f) = (load(m + 4 &* size), load(m + 5 &* size))
        let (g, h) = (load(m + 6 &* size), load(m + 7 &* size))
        let (even1, even2, even3, even4) = (a + b, c + d, e + f, g + h)
        let (odd1, odd2, odd3, odd4) = (a - b, c - d, e - f, g - h)
        y0 = masked((even1 + even2) + (even3 + even4), masks[0]) + bias
        let second = sum(odd1, odd2, odd3, odd4, quarter.p1, threeQuarters.p1, two.p1)
        y1 = masked(second, masks[1]) + bias
        let third = sum(even1, even2, even3, even4, quarter.p2, threeQuarters.p2, two.p2)
        y2 = masked(third, masks[2]) + bias
        let fourth = sum(odd1, odd2, odd3, odd4, quarter.p3, threeQuarters.p3, two.p3)
        y3 = masked(fourth, masks[3]) + bias
        let last = sum(even1, even2, even3, even4, quarter.p4, threeQuarters.p4, two.p4)
        y4 = masked(last + load(m + 8 &* size), masks[4]) + bias
    }
}

/// `value`, or zero where the mask is zero; the mask is all ones else.
@_transparent
private func masked(_ value: Lanes, _ mask: Int32) -> Lanes {
    unsafeBitCast(
        unsafeBitCast(value, to: IntegerLanes.self) & IntegerLanes(repeating: mask),
        to: Lanes.self
    )
}

/// The sum of the points' parts, of which those at one are taken as they are.
@_transparent
private func sum(
    _ quarter: Lanes,
    _ threeQuarters: Lanes,
    _ one: Lanes,
    _ two: Lanes,
    _ power1: Float,
    _ power2: Float,
    _ power4: Float
) -> Lanes {
    let first = multiplyAdd(broadcast(power4), two, one)
    let second = multiplyAdd(broadcast(power2), threeQuarters, first)
    return multiplyAdd(broadcast(power1), quarter, second)
}

extension Winograd {
    /// Pools a sample's windows: products [2 halves, 9 points, 10, lanes], bias and masks [10, 10] →
    /// values and winners [5, 5, 16] of a vector of channels.
    ///
    /// Scratch takes 10 vectors.
    @_transparent
    static func pool(
        _ products: Floats,
        _ bias: Floats,
        _ masks: Integers,
        scratch: MutableFloats,
        _ values: MutableFloats,
        _ winner: MutableIntegers
    ) {
        poolLeft(products, bias, masks, values, winner, scratch)
        poolRight(products, bias, masks, values, winner, scratch)
    }

    /// Pools the windows in the left half of the row, and writes the last column [10, lanes], whose
    /// windows lie across the middle.
    @inline(never)
    private static func poolLeft(
        _ products: Floats,
        _ bias: Floats,
        _ masks: Integers,
        _ values: MutableFloats,
        _ winner: MutableIntegers,
        _ lastColumn: MutableFloats
    ) {
        for y in 0..<5 {
            let place = 2 &* y &* laneCount
            let mask = masks + 20 &* y
            let top = OutputRow(products + place, load(bias), mask)
            let bottom = OutputRow(products + place + laneCount, load(bias), mask + 10)
            let (v, w) = (values + y &* 80, winner + y &* 80)
            poolWindow(top.y0, top.y1, bottom.y0, bottom.y1, v, w)
            poolWindow(top.y2, top.y3, bottom.y2, bottom.y3, v + 16, w + 16)
            store(top.y4, lastColumn + place)
            store(bottom.y4, lastColumn + place + laneCount)
        }
    }

    /// Pools the other windows, after `poolLeft`.
    @inline(never)
    private static func poolRight(
        _ products: Floats,
        _ bias: Floats,
        _ masks: Integers,
        _ values: MutableFloats,
        _ winner: MutableIntegers,
        _ lastColumn: Floats
    ) {
        for y in 0..<5 {
            let place = 2 &* y &* laneCount
            let m = products + productHalfSize + place
            let mask = masks + (20 &* y &+ 5)
            let top = OutputRow(m, load(bias), mask)
            let bottom = OutputRow(m + laneCount, load(bias), mask + 10)
            let (v, w) = (values + (y &* 80 &+ 32), winner + (y &* 80 &+ 32))
            let left = lastColumn + place
            poolWindow(load(left), top.y0, load(left + laneCount), bottom.y0, v, w)
            poolWindow(top.y1, top.y2, bottom.y1, bottom.y2, v + 16, w + 16)
            poolWindow(top.y3, top.y4, bottom.y3, bottom.y4, v + 32, w + 32)
        }
    }
}
