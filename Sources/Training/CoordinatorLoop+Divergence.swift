import Arithmetic
import Kernels
import Model
import TrainingProtocol

/// What becomes of a run whose numbers are not finite any more: nothing that it computes from then
/// on is of use.
extension CoordinatorLoop {
    /// Stops a run whose numbers are not finite, once, unless it was told to keep going.
    func diverged(at step: Int) {
        guard divergedStep == nil, !run.keepsGoing else { return }
        divergedStep = step
        events.append(.stopRequested)
    }

    /// Whether the parameters may go into a checkpoint: an older one of finite numbers must not give
    /// way to one that nothing can be made of.
    func isFinite(after position: Position) -> Bool {
        let parameters = run.optimizer.parameters
        let isFinite = run.kernels.areFinite(parameters.start, count: LeNet.parameterCount)
        if !isFinite { diverged(at: position.completedStepCount) }
        return isFinite || run.keepsGoing
    }
}
