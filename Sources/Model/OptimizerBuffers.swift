/// What a step changes: the parameters and Adam's two moments.
package struct OptimizerBuffers: Sendable {
    /// The parameters.
    package var parameters: ParameterBuffer
    /// The running mean of the gradients.
    package var firstMoment: ParameterBuffer
    /// The running mean of the gradients' squares.
    package var secondMoment: ParameterBuffer

    /// Gathers the buffers; fresh moments are zero.
    package init(
        parameters: ParameterBuffer,
        firstMoment: ParameterBuffer = ParameterBuffer(),
        secondMoment: ParameterBuffer = ParameterBuffer()
    ) {
        self.parameters = parameters
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
    }
}
