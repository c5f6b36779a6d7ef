package import Model

/// The numbers that an epoch leaves, good as long as the call that hands them over lasts: later
/// steps write over them.
package struct EpochEnd {
    /// The parameters at its end.
    package var parameters: ParameterBuffer
    /// The mean gradient of its last step; nil where that step was of an earlier start of the run.
    package var gradient: ParameterBuffer?
}

/// Keeps the gradient of an epoch's last step until the epoch is told of. Belongs to the
/// coordinator's thread.
final class LastGradient {
    private let buffer: ParameterBuffer
    private var keptCount = 0

    /// Has nothing yet of gradients of `count` floats.
    init(count: Int = LeNet.digits.parameterCount) { buffer = ParameterBuffer(count: count) }

    /// Keeps a range of a step's gradient, which is the sum over its samples; a step's last range
    /// comes first.
    func keep(_ sum: ParameterBuffer, range: Range<Int>, sampleCount: Int) {
        if range.upperBound == buffer.count { keptCount = 0 }
        keptCount += range.count
        let scale = 1 / Float(sampleCount)
        for index in range { buffer.floats[index] = sum.floats[index] * scale }
    }

    /// The mean gradient, if all of it was kept since it was taken last.
    func take() -> ParameterBuffer? {
        defer { keptCount = 0 }
        return keptCount == buffer.count ? buffer : nil
    }

    /// Drops what was kept of a run that goes back.
    func forget() { keptCount = 0 }
}
