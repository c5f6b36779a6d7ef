import Arithmetic
import Figures
import Kernels
import Model
import TrainingProtocol

/// What becomes of answers with numbers that are not finite: one of them would make every parameter
/// such a number for good.
///
/// A run may honestly diverge, and then honest workers send them. So the coordinator computes such
/// an answer itself and takes it only if it comes to the same. Once the parameters are not finite
/// there is nothing left to protect, and nothing is computed twice.
extension AnswerComparison {
    /// Whether an answer may count, as far as that shows in its numbers.
    ///
    /// - Parameters:
    ///   - work: what it answers, which its worker was leased.
    ///   - sums: what its header carries.
    ///   - gradient: its payload, if its round trains.
    ///   - range: which floats of it count.
    ///   - parameters: what it was to be computed with.
    ///   - feed: brings the samples, should it be computed here.
    func isBelievable(
        _ work: Work,
        _ sums: LossSums,
        _ gradient: UnsafeRawBufferPointer?,
        of range: Range<Int>,
        parameters: ParameterBuffer,
        feed: SampleFeed
    ) -> Bool {
        let isFinite = sums.lossSum.isFinite && (gradient.map { areFinite($0, range) } ?? true)
        guard !isFinite, kernels.areFinite(parameters.start, count: parameters.count) else {
            return true
        }
        let right = compute(work, parameters, feed)
        guard right.sums.correctCount == sums.correctCount,
            isSame(right.sums.lossSum, sums.lossSum)
        else { return false }
        guard let rightGradient = right.gradient, let gradient else { return true }
        return range.allSatisfy { index in
            let value = gradient.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
            return isSame(rightGradient.floats[index], value)
        }
    }

    /// Whether two numbers are the same; which bits a NaN has depends on the instructions that made
    /// it.
    private func isSame(_ left: Float, _ right: Float) -> Bool {
        left.bitPattern == right.bitPattern || left.isNaN && right.isNaN
    }

    private func areFinite(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard let start = bytes.baseAddress else { return true }
        let floats = start.assumingMemoryBound(to: Float.self)
        return kernels.areFinite(floats + range.lowerBound, count: range.count)
    }
}
