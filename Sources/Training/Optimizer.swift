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
    private let pool = BufferPool()

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
        next.copy(from: parameters)
        adam.update(
            parameters: next.floats.baseAddress!,
            firstMoment: firstMoment.floats.baseAddress!,
            secondMoment: secondMoment.floats.baseAddress!,
            gradientSum: gradientSum.floats.baseAddress!,
            range: 0..<LeNet.parameterCount,
            sampleCount: sampleCount,
            step: step,
            kernels: kernels
        )
        parameters = next
    }
}
