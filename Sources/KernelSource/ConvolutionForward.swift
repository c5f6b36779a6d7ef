// Convolution 5×5, rectifier and 2×2 max-pooling in one pass: the four outputs under a pooling
// window, for several output channels, are the sums in registers, and only their maximum is
// written.

/// The sums of one output channel at the four positions of one pooling window.
private struct WindowSums {
    var topLeft, topRight, bottomLeft, bottomRight: Lanes

    @_transparent
    init(_ bias: Float) {
        topLeft = broadcast(bias)
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

    /// Writes the maximum, or zero if that is greater, and which of the four was the first maximum.
    ///
    /// Where one of the four is NaN the maximum is NaN; which of them counts as the first is left
    /// to the comparisons, all of which fail for NaN.
    @_transparent
    func pool(_ output: MutableFloats, _ winner: MutableIntegers) {
        var greatest = topLeft
        var index = IntegerLanes(repeating: 0)
        contest(&greatest, &index, topRight, 1)
        contest(&greatest, &index, bottomLeft, 2)
        contest(&greatest, &index, bottomRight, 3)
        let positive = Lanes(repeating: 0).replacing(
            with: greatest,
            where: greatest .> Lanes(repeating: 0)
        )
        let isNumber =
            (topLeft .== topLeft) .& (topRight .== topRight)
            .& (bottomLeft .== bottomLeft) .& (bottomRight .== bottomRight)
        store(broadcast(.nan).replacing(with: positive, where: isNumber), output)
        store(index, winner)
    }
}

@_transparent
private func contest(
    _ greatest: inout Lanes,
    _ index: inout IntegerLanes,
    _ candidate: Lanes,
    _ number: Int32
) {
    let isGreater = candidate .> greatest
    greatest.replace(with: candidate, where: isGreater)
    index.replace(with: IntegerLanes(repeating: number), where: isGreater)
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

/// Where a window's inputs and weights lie, and the distances between neighbours, in floats.
private struct WindowSource {
    let input: Floats
    let weights: Floats
    let inputSide: Int
    let channelCount: Int

    @_transparent var rowStride: Int { inputSide &* shardWidth }
    @_transparent var filterSize: Int { channelCount &* 25 }
}

@_transparent
private func windowOfTwo(
    _ source: WindowSource,
    _ bias: Floats,
    _ output: MutableFloats,
    _ winner: MutableIntegers,
    outputStride: Int
) {
    var a = WindowSums(bias[0])
    var b = WindowSums(bias[1])
    for channel in 0..<source.channelCount {
        for ky in 0..<5 {
            let top =
                source.input + (channel &* source.inputSide &+ ky) &* source.rowStride
            let bottom = top + source.rowStride
            let w = source.weights + (channel &* 25 &+ ky &* 5)
            for kx in 0..<5 {
                let tap = WindowTap(top + kx &* shardWidth, bottom + kx &* shardWidth)
                a.add(broadcast(w[kx]), tap)
                b.add(broadcast(w[kx &+ source.filterSize]), tap)
            }
        }
    }
    a.pool(output, winner)
    b.pool(output + outputStride, winner + outputStride)
}

@_transparent
private func windowOfFour(
    _ source: WindowSource,
    _ bias: Floats,
    _ output: MutableFloats,
    _ winner: MutableIntegers,
    outputStride: Int
) {
    var a = WindowSums(bias[0])
    var b = WindowSums(bias[1])
    var c = WindowSums(bias[2])
    var d = WindowSums(bias[3])
    for channel in 0..<source.channelCount {
        for ky in 0..<5 {
            let top =
                source.input + (channel &* source.inputSide &+ ky) &* source.rowStride
            let bottom = top + source.rowStride
            let w = source.weights + (channel &* 25 &+ ky &* 5)
            for kx in 0..<5 {
                let tap = WindowTap(top + kx &* shardWidth, bottom + kx &* shardWidth)
                a.add(broadcast(w[kx]), tap)
                b.add(broadcast(w[kx &+ source.filterSize]), tap)
                c.add(broadcast(w[kx &+ 2 &* source.filterSize]), tap)
                d.add(broadcast(w[kx &+ 3 &* source.filterSize]), tap)
            }
        }
    }
    a.pool(output, winner)
    b.pool(output + outputStride, winner + outputStride)
    c.pool(output + 2 &* outputStride, winner + 2 &* outputStride)
    d.pool(output + 3 &* outputStride, winner + 3 &* outputStride)
}

/// input [C, S, S, 16] → output [O, P, P, 16] with P = (S − 4)/2, and the winner of each window.
@_transparent
private func convolveAndPool(
    _ input: Floats,
    _ weights: Floats,
    _ bias: Floats,
    _ output: MutableFloats,
    _ winner: MutableIntegers,
    inputSide: Int,
    channelCount: Int,
    outputCount: Int
) {
    let side = (inputSide &- 4) / 2
    let outputStride = side &* side &* shardWidth
    var lane = 0
    while lane < shardWidth {
        for y in 0..<side {
            var o = 0
            while o < outputCount {
                let tileChannelCount = hasManyRegisters && o &+ 4 <= outputCount ? 4 : 2
                for x in 0..<side {
                    let source = WindowSource(
                        input: input + ((2 &* y &* inputSide &+ 2 &* x) &* shardWidth &+ lane),
                        weights: weights + o &* channelCount &* 25,
                        inputSide: inputSide,
                        channelCount: channelCount
                    )
                    let target = o &* outputStride &+ (y &* side &+ x) &* shardWidth &+ lane
                    if tileChannelCount == 4 {
                        windowOfFour(
                            source,
                            bias + o,
                            output + target,
                            winner + target,
                            outputStride: outputStride
                        )
                    } else {
                        windowOfTwo(
                            source,
                            bias + o,
                            output + target,
                            winner + target,
                            outputStride: outputStride
                        )
                    }
                }
                o &+= tileChannelCount
            }
        }
        lane &+= laneCount
    }
}

/// The first convolution: input [1, 32, 32, 16] → output [6, 14, 14, 16].
package func convolution1Forward(
    input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    winner: UnsafeMutablePointer<Int32>
) {
    convolveAndPool(
        input,
        weights,
        bias,
        output,
        winner,
        inputSide: 32,
        channelCount: 1,
        outputCount: 6
    )
}

/// The second convolution: input [6, 14, 14, 16] → output [16, 5, 5, 16].
package func convolution2Forward(
    input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>,
    winner: UnsafeMutablePointer<Int32>
) {
    convolveAndPool(
        input,
        weights,
        bias,
        output,
        winner,
        inputSide: 14,
        channelCount: 6,
        outputCount: 16
    )
}
