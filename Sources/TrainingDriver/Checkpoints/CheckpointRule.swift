package import TrainingProtocol

/// Decides what becomes of the state after a step: whether it may go into a checkpoint, and whether
/// the run waits for that.
package struct CheckpointRule {
    /// What becomes of a state.
    package enum Verdict: Equatable {
        /// It is not kept.
        case none
        /// It is kept, unless another one is just being written.
        case wanted
        /// It is kept.
        case required
    }

    /// How many steps an epoch has: the state at the end of each must be kept.
    package let stepsPerEpoch: Int

    /// Decides for a run with epochs of `stepsPerEpoch` steps.
    package init(stepsPerEpoch: Int) { self.stepsPerEpoch = stepsPerEpoch }

    /// What becomes of the state at `position`.
    ///
    /// An older state of finite numbers must not give way to one that nothing can be made of,
    /// unless the run was told to keep going.
    package func verdict(at position: Position, isFinite: Bool, keepsGoing: Bool) -> Verdict {
        guard isFinite || keepsGoing else { return .none }
        return position.completedStepCount % stepsPerEpoch == 0 ? .required : .wanted
    }
}
