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

    /// Whether something can still be made of the parameters.
    var areParametersFinite: Bool {
        run.kernels.areFinite(run.optimizer.parameters.start, count: LeNet.parameterCount)
    }
}
