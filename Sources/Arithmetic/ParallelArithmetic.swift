package import Kernels
package import Model
import SharedMemory

/// Starts a thread by a name, for whatever the closure does; throws where the system gives none.
package typealias ThreadStart = (String, @escaping @Sendable () -> Void) throws -> Void

/// Arithmetic over whole buffers; a thread on a second processor takes its part while it is
/// engaged.
///
/// Between a step's last answer and its new parameters every worker waits. Where workers take all
/// the host's processors, another one is idle then. Else the owner's thread computes alone. The
/// bits are the same. Belongs to one thread.
package final class ParallelArithmetic {
    /// What computes.
    package let kernels: KernelSet
    private let thread: ArithmeticThread?
    private var isParallel = false

    /// Computes with `kernels`, always alone unless it may start a thread for a second processor.
    package init(kernels: KernelSet, startThread: ThreadStart? = nil) {
        self.kernels = kernels
        let isThere = startThread != nil && HostProcessor.allowed.count > 1
        thread = isThere ? ArithmeticThread(kernels: kernels) : nil
        if let startThread { thread?.start(by: startThread) }
    }

    deinit {
        releaseThread()
        thread?.end()
    }

    /// Has the thread take part as soon as it is awake, until it is released.
    package func engageThread() {
        guard !isParallel, let thread else { return }
        isParallel = true
        thread.call()
    }

    /// Leaves the thread's processor to others; nothing to do where the thread does not take part.
    package func releaseThread() {
        guard isParallel else { return }
        isParallel = false
        thread?.dismiss()
    }

    /// Adds a range of one buffer to another's.
    package func add(_ right: ParameterBuffer, to left: ParameterBuffer, in range: Range<Int>) {
        withExtendedLifetime((left, right)) {
            _ = perform(.addition(to: left.start, right.start), in: range)
        }
    }

    /// Writes the sum of a range of two buffers into a third's.
    package func add(
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
    package func areFinite(_ values: UnsafePointer<Float>, count: Int) -> Bool {
        perform(.finiteness(values), in: 0..<count)
    }

    /// Makes a range of an optimizer's step, whose buffers the caller holds.
    package func make(_ step: OptimizerStep, in range: Range<Int>) {
        _ = perform(.optimizer(step), in: range)
    }

    private func perform(_ operation: ElementwiseOperation, in range: Range<Int>) -> Bool {
        guard isParallel, let thread, range.count > ArithmeticThread.pieceLength else {
            return operation.perform(in: range, kernels: kernels)
        }
        return thread.share(operation, in: range)
    }
}
