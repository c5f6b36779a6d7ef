/// Rectifier and 2×2 max-pooling of one sample in naive loops: values [C, S, S] → [C, S/2, S/2].
package enum ReferencePool {
    /// Pools: the greatest of four, or zero if that is greater, and which of the four is the first
    /// greatest (0 to 3, row by row).
    ///
    /// Where one of the four is NaN so is the output; the first greatest is then whichever the
    /// comparisons leave.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func pool<Scalar: ReferenceScalar>(
        _ values: [Scalar],
        channelCount: Int,
        side: Int
    ) -> (output: [Scalar], winners: [Int]) {
        var output: [Scalar] = []
        var winners: [Int] = []
        forEachWindow(channelCount: channelCount, side: side) { positions in
            var winner = 0
            for candidate in 1..<4 where values[positions[candidate]] > values[positions[winner]] {
                winner = candidate
            }
            let isNumber = positions.allSatisfy { !values[$0].isNaN }
            output.append(isNumber ? max(values[positions[winner]], 0) : .nan)
            winners.append(winner)
        }
        return (output, winners)
    }

    /// The rectified value of each window's winner, as another has chosen it; NaN where one of the
    /// four is.
    package static func outputs(
        of values: [Float],
        winners: [Int],
        channelCount: Int,
        side: Int
    ) -> [Float] {
        var result: [Float] = []
        forEachWindow(channelCount: channelCount, side: side) { positions in
            let isNumber = positions.allSatisfy { !values[$0].isNaN }
            result.append(isNumber ? max(values[positions[winners[result.count]]], 0) : .nan)
        }
        return result
    }

    /// Gives each gradient to its window's winner if the rectifier let it through, as it does NaN.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func inputGradient<Scalar: ReferenceScalar>(
        _ gradient: [Scalar],
        output: [Scalar],
        winners: [Int],
        channelCount: Int,
        side: Int
    ) -> [Scalar] {
        var result = [Scalar](repeating: 0, count: channelCount * side * side)
        var window = 0
        forEachWindow(channelCount: channelCount, side: side) { positions in
            if !(output[window] <= 0) { result[positions[winners[window]]] = gradient[window] }
            window += 1
        }
        return result
    }

    private static func forEachWindow(
        channelCount: Int,
        side: Int,
        _ body: ([Int]) -> Void
    ) {
        for channel in 0..<channelCount {
            for y in stride(from: 0, to: side, by: 2) {
                for x in stride(from: 0, to: side, by: 2) {
                    let first = (channel * side + y) * side + x
                    body([first, first + 1, first + side, first + side + 1])
                }
            }
        }
    }
}
