package import Kernels
package import Model

/// What a step changes: the parameters and Adam's two moments.
///
/// The parameters of each version have a buffer of their own, since the last version may still be
/// on
/// its way to a worker while the next is made. Belongs to one thread.
package final class Optimizer {
    /// The parameters after the last step; nobody writes to them any more.
    package private(set) var parameters: ParameterBuffer

    /// The running mean of the gradients.
    package let firstMoment: ParameterBuffer

    /// The running mean of the gradients' squares.
    package let secondMoment: ParameterBuffer

    private let adam: Adam
    private let kernels: KernelSet
    private var pool = BufferPool()
    private var slots: ParameterSlots?

    /// Starts from given buffers, which belong to the optimizer from now on.
    package init(
        adam: Adam,
        kernels: KernelSet,
        parameters: ParameterBuffer,
        firstMoment: ParameterBuffer = ParameterBuffer(),
        secondMoment: ParameterBuffer = ParameterBuffer()
    ) {
        self.adam = adam
        self.kernels = kernels
        self.parameters = parameters
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
    }

    /// Makes optimizer step `step`, counted from 1, with the sum of a batch's gradients.
    package func apply(_ gradientSum: ParameterBuffer, sampleCount: Int, step: Int) {
        let next = pool.take()
        slots?.willWrite(next)
        adam.update(
            parameters: parameters.floats.baseAddress!,
            into: next.floats.baseAddress!,
            firstMoment: firstMoment.floats.baseAddress!,
            secondMoment: secondMoment.floats.baseAddress!,
            gradientSum: gradientSum.floats.baseAddress!,
            range: 0..<LeNet.parameterCount,
            sampleCount: sampleCount,
            step: step,
            kernels: kernels
        )
        slots?.didWrite(next, version: step)
        parameters = next
    }

    /// Keeps the parameters where other processes can read them, from those of `version` on.
    package func share(in slots: ParameterSlots, version: Int) {
        self.slots = slots
        pool = BufferPool(slots: slots)
        let shared = pool.take()
        slots.willWrite(shared)
        shared.copy(from: parameters)
        slots.didWrite(shared, version: version)
        parameters = shared
    }
}
