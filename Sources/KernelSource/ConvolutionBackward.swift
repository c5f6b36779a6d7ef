/// Spreads the pooled gradients of rows: pooled [C, P, P, 16] → gradient [C, 2·rows, 2P, 16] for
/// rows from `firstRow`.
///
/// Each gradient goes to the window's first maximum; the other three positions are zero.
@_transparent
private func unpool(
    _ pooled: Floats,
    _ winner: Integers,
    _ gradient: MutableFloats,
    channelCount: Int,
    side: Int,
    firstRow: Int,
    rowCount: Int
) {
    let zero = Lanes(repeating: 0)
    let rowStride = 2 &* side &* shardWidth
    for channel in 0..<channelCount {
        for row in 0..<rowCount {
            let source = ((channel &* side &+ firstRow &+ row) &* side) &* shardWidth
            let target = (channel &* rowCount &+ row) &* 2 &* rowStride
            for x in 0..<side {
                var lane = 0
                while lane < shardWidth {
                    let g = load(pooled + (source &+ x &* shardWidth &+ lane))
                    let index = load(winner + (source &+ x &* shardWidth &+ lane))
                    let top = gradient + (target &+ 2 &* x &* shardWidth &+ lane)
                    let bottom = top + rowStride
                    store(zero.replacing(with: g, where: index .== IntegerLanes(repeating: 0)), top)
                    store(
                        zero.replacing(with: g, where: index .== IntegerLanes(repeating: 1)),
                        top + shardWidth
                    )
                    store(
                        zero.replacing(with: g, where: index .== IntegerLanes(repeating: 2)),
                        bottom
                    )
                    store(
                        zero.replacing(with: g, where: index .== IntegerLanes(repeating: 3)),
                        bottom + shardWidth
                    )
                    lane &+= laneCount
                }
            }
        }
    }
}

/// Sums the pooled gradients of each channel over positions and samples: pooled [C, P, P, 16] →
/// bias gradient [C].
@_transparent
private func biasGradient(
    _ pooled: Floats,
    _ bias: MutableFloats,
    _ partials: MutableFloats,
    channelCount: Int,
    positionCount: Int
) {
    var lane = 0
    while lane < shardWidth {
        for channel in 0..<channelCount {
            let source = pooled + (channel &* positionCount &* shardWidth &+ lane)
            var sum = Lanes(repeating: 0)
            for position in 0..<positionCount { sum += load(source + position &* shardWidth) }
            store(sum, partials + (channel &* shardWidth &+ lane))
        }
        lane &+= laneCount
    }
    laneSums(partials, vectorCount: channelCount, bias)
}

/// The sums of one row of five weights.
private struct FiveSums {
    var s0, s1, s2, s3, s4: Lanes

    @_transparent
    init(_ address: MutableFloats) {
        s0 = load(address)
        s1 = load(address + shardWidth)
        s2 = load(address + 2 &* shardWidth)
        s3 = load(address + 3 &* shardWidth)
        s4 = load(address + 4 &* shardWidth)
    }

    @_transparent
    func write(_ address: MutableFloats) {
        store(s0, address)
        store(s1, address + shardWidth)
        store(s2, address + 2 &* shardWidth)
        store(s3, address + 3 &* shardWidth)
        store(s4, address + 4 &* shardWidth)
    }

    @_transparent
    mutating func add(_ g: Lanes, _ x: FiveInputs) {
        s0 = multiplyAdd(g, x.x0, s0)
        s1 = multiplyAdd(g, x.x1, s1)
        s2 = multiplyAdd(g, x.x2, s2)
        s3 = multiplyAdd(g, x.x3, s3)
        s4 = multiplyAdd(g, x.x4, s4)
    }
}

/// The five inputs that one gradient meets in one row of the filter.
private struct FiveInputs {
    let x0, x1, x2, x3, x4: Lanes

    @_transparent
    init(_ address: Floats) {
        x0 = load(address)
        x1 = load(address + shardWidth)
        x2 = load(address + 2 &* shardWidth)
        x3 = load(address + 3 &* shardWidth)
        x4 = load(address + 4 &* shardWidth)
    }
}

/// The distances of one weight gradient tile, in floats.
private struct TileStrides {
    let inputRow: Int
    let gradientRow: Int
    let gradientChannel: Int
    let partialChannel: Int
}

/// Adds to the partial sums of one filter row of two output channels: rows × columns positions,
/// [.., 16] each.
@_transparent
private func addTileOfTwo(
    _ input: Floats,
    _ gradient: Floats,
    _ partials: MutableFloats,
    rowCount: Int,
    columnCount: Int,
    _ strides: TileStrides
) {
    var a = FiveSums(partials)
    var b = FiveSums(partials + strides.partialChannel)
    for y in 0..<rowCount {
        for x in 0..<columnCount {
            let inputs = FiveInputs(input + (y &* strides.inputRow &+ x &* shardWidth))
            let g = gradient + (y &* strides.gradientRow &+ x &* shardWidth)
            a.add(load(g), inputs)
            b.add(load(g + strides.gradientChannel), inputs)
        }
    }
    a.write(partials)
    b.write(partials + strides.partialChannel)
}

/// The weight and bias gradients of the first convolution.
///
/// input [32, 32, 16], pooled gradient [6, 14, 14, 16] → weight gradient [6, 1, 5, 5], bias
/// gradient [6]. One row of pooling windows at a time is spread to scratch [6, 2, 28, 16], which
/// stays in the nearest cache; partial sums [6·25, 16] stay in memory between rows.
package func convolution1WeightGradient(
    input: UnsafePointer<Float>,
    pooledGradient: UnsafePointer<Float>,
    winner: UnsafePointer<Int32>,
    scratch: UnsafeMutablePointer<Float>,
    partials: UnsafeMutablePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>,
    biasGradient bias: UnsafeMutablePointer<Float>
) {
    partials.update(repeating: 0, count: 150 * shardWidth)
    let strides = TileStrides(
        inputRow: 32 * shardWidth,
        gradientRow: 28 * shardWidth,
        gradientChannel: 2 * 28 * shardWidth,
        partialChannel: 25 * shardWidth
    )
    for row in 0..<14 {
        unpool(
            pooledGradient,
            winner,
            scratch,
            channelCount: 6,
            side: 14,
            firstRow: row,
            rowCount: 1
        )
        var lane = 0
        while lane < shardWidth {
            for pair in 0..<3 {
                for ky in 0..<5 {
                    addTileOfTwo(
                        input + ((2 &* row &+ ky) &* strides.inputRow &+ lane),
                        scratch + (2 &* pair &* strides.gradientChannel &+ lane),
                        partials
                            + (2 &* pair &* strides.partialChannel &+ ky &* 5 &* shardWidth &+ lane),
                        rowCount: 2,
                        columnCount: 28,
                        strides
                    )
                }
            }
            lane &+= laneCount
        }
    }
    laneSums(partials, vectorCount: 150, weightGradient)
    biasGradient(pooledGradient, bias, partials, channelCount: 6, positionCount: 196)
}

/// The weight and bias gradients of the second convolution, and its gradient spread for the input
/// gradient.
///
/// input [6, 14, 14, 16], pooled gradient [16, 5, 5, 16] → gradient [16, 10, 10, 16], weight
/// gradient [16, 6, 5, 5], bias gradient [16].
package func convolution2WeightGradient(
    input: UnsafePointer<Float>,
    pooledGradient: UnsafePointer<Float>,
    winner: UnsafePointer<Int32>,
    gradient: UnsafeMutablePointer<Float>,
    partials: UnsafeMutablePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>,
    biasGradient bias: UnsafeMutablePointer<Float>
) {
    let strides = TileStrides(
        inputRow: 14 * shardWidth,
        gradientRow: 10 * shardWidth,
        gradientChannel: 100 * shardWidth,
        partialChannel: 150 * shardWidth
    )
    unpool(
        pooledGradient,
        winner,
        gradient,
        channelCount: 16,
        side: 5,
        firstRow: 0,
        rowCount: 5
    )
    // Two output channels at a time, whose partial sums stay in the nearest cache.
    for pair in 0..<8 {
        partials.update(repeating: 0, count: 300 &* shardWidth)
        var lane = 0
        while lane < shardWidth {
            for channel in 0..<6 {
                for ky in 0..<5 {
                    addTileOfTwo(
                        input + ((channel &* 14 &+ ky) &* strides.inputRow &+ lane),
                        gradient + (2 &* pair &* strides.gradientChannel &+ lane),
                        partials + ((channel &* 25 &+ ky &* 5) &* shardWidth &+ lane),
                        rowCount: 10,
                        columnCount: 10,
                        strides
                    )
                }
            }
            lane &+= laneCount
        }
        laneSums(partials, vectorCount: 300, weightGradient + pair &* 300)
    }
    biasGradient(pooledGradient, bias, partials, channelCount: 16, positionCount: 25)
}
