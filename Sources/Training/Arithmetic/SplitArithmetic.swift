import Kernels
import Model
import SharedMemory

/// Arithmetic over whole buffers that a second processor takes its part of while it is in use.
///
/// Between a step's last answer and its new parameters every worker waits. Where workers take all
/// the host's processors, another one is idle then. Else the owner's thread computes alone. The
/// bits are the same. Belongs to one thread.
final class SplitArithmetic {
    /// What computes.
    let kernels: KernelSet
    private let second: SecondProcessor?
    private var isSplit = false

    /// Computes with `kernels`, always alone unless there is to be a second processor.
    init(kernels: KernelSet, hasSecondProcessor: Bool = false) {
        self.kernels = kernels
        let isThere = hasSecondProcessor && HostProcessor.allowed.count > 1
        second = isThere ? SecondProcessor(kernels: kernels) : nil
        second?.start()
    }

    deinit {
        leaveSecondProcessor()
        second?.end()
    }

    /// Has the second processor take part as soon as it is awake, until it is left.
    func useSecondProcessor() {
        guard !isSplit, let second else { return }
        isSplit = true
        second.call()
    }

    /// Leaves the second processor to others; nothing to do where it is not in use.
    func leaveSecondProcessor() {
        guard isSplit else { return }
        isSplit = false
        second?.dismiss()
    }

    /// Adds a range of one buffer to another's.
    func add(_ right: ParameterBuffer, to left: ParameterBuffer, in range: Range<Int>) {
        withExtendedLifetime((left, right)) {
            _ = perform(.addition(to: left.start, right.start), in: range)
        }
    }

    /// Writes the sum of a range of two buffers into a third's.
    func add(
        _ left: ParameterBuffer,
        _ right: ParameterBuffer,
        into sum: ParameterBuffer,
        in range: Range<Int>
    ) {
        withExtendedLifetime((left, right, sum)) {
            _ = perform(.sum(left.start, right.start, into: sum.start), in: range)
        }
    }

    /// Whether `count` floats are all finite.
    func areFinite(_ values: UnsafePointer<Float>, count: Int) -> Bool {
        perform(.finiteness(values), in: 0..<count)
    }

    /// Makes a range of an optimizer's step, whose buffers the caller holds.
    func make(_ step: Adam.Step, in range: Range<Int>) {
        _ = perform(.adam(step), in: range)
    }

    private func perform(_ operation: ElementwiseOperation, in range: Range<Int>) -> Bool {
        guard isSplit, let second, range.count > SecondProcessor.pieceLength else {
            return operation.perform(in: range, kernels: kernels)
        }
        return second.share(operation, in: range)
    }
}
