package import Kernels
package import Model

/// What a step changes, and the step that is being made.
///
/// Each version has buffers of its own: the last one may still be on its way to a worker, and stays
/// as it is until the next one is whole. So a step may be made segment by segment, and be abandoned
/// before its end. Belongs to one thread.
package final class Optimizer {
    /// The parameters and the state after the last step; nobody writes to them any more.
    package private(set) var current: OptimizerBuffers

    /// The moving average of the parameters after the last step; nil where none is kept.
    package var average: ParameterBuffer? { rule.average(in: current) }

    /// The parameters after the last step.
    package var parameters: ParameterBuffer { current.parameters }

    /// How a step is made.
    package let rule: OptimizerRule
    private let kernels: KernelSet
    private var parameterPool, slotPool: BufferPool
    private var memory: (any ParameterMemory)?
    /// What the segments that were made are in.
    private var next: OptimizerBuffers?

    /// Starts from given buffers, which belong to the optimizer from now on.
    package init(rule: OptimizerRule, kernels: KernelSet, buffers: OptimizerBuffers) {
        self.rule = rule
        self.kernels = kernels
        current = buffers
        let count = buffers.parameters.count
        parameterPool = BufferPool(count: count)
        slotPool = BufferPool(count: count)
    }

    /// Goes on from other buffers, which belong to the optimizer from now on.
    package func restart(with buffers: OptimizerBuffers) {
        current = buffers
        next = nil
    }

    /// Begins a step that nothing will keep from its end: the state is updated in place.
    package func beginWholeStep() {
        next = OptimizerBuffers(parameters: takeParameters(), slots: current.slots)
    }

    /// Makes `range` of optimizer step `step`, counted from 1, with the sum of a batch's gradients;
    /// until `finish`, it can be abandoned unless it was begun as a whole.
    package func apply(
        _ gradientSum: ParameterBuffer,
        range: Range<Int>,
        sampleCount: Int,
        step: Int
    ) {
        let target = next ?? takeBuffers()
        next = target
        let step = rule.step(
            step,
            from: current,
            to: target,
            gradientSum: gradientSum,
            sampleCount: sampleCount
        )
        withExtendedLifetime((current, target, gradientSum)) {
            step.make(range, kernels: kernels)
        }
    }

    /// Ends a step that every range was made of: its buffers are the current ones now.
    package func finish(step: Int) {
        guard let made = next else { preconditionFailure("step \(step) ends before it begins") }
        memory?.didWrite(made.parameters, version: step)
        current = made
        next = nil
    }

    /// Drops what was made of a step that is not going to end.
    package func abandonStep() { next = nil }

    private func takeBuffers() -> OptimizerBuffers {
        // Each is held while the next is taken, so that they differ.
        var slots = SlotBuffers()
        for _ in current.slots.indices { slots.append(slotPool.take()) }
        return OptimizerBuffers(parameters: takeParameters(), slots: slots)
    }

    private func takeParameters() -> ParameterBuffer {
        let parameters = parameterPool.take()
        memory?.willWrite(parameters)
        return parameters
    }

    /// Keeps the parameters where others can read them, from those of `version` on.
    package func share(in memory: any ParameterMemory, version: Int) {
        self.memory = memory
        parameterPool = BufferPool(memory: memory, count: parameters.count)
        let shared = parameterPool.take()
        memory.willWrite(shared)
        shared.copy(from: parameters)
        memory.didWrite(shared, version: version)
        current.parameters = shared
    }
}
