/// What a step changes: the parameters and the optimizer's state.
package struct OptimizerBuffers: Sendable {
    /// The parameters.
    package var parameters: ParameterBuffer
    /// The state, in the order of the optimizer's `slotNames`.
    package var slots: SlotBuffers

    /// Gathers the buffers.
    package init(parameters: ParameterBuffer, slots: SlotBuffers) {
        self.parameters = parameters
        self.slots = slots
    }
}
