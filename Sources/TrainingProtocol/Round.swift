/// One pass of work that all workers share and that must be complete before the next begins.
package enum Round: Hashable, Sendable {
    /// Gradients of the batch of optimizer step `index`, counted from 0 over the whole run.
    case step(index: Int)

    /// Loss and accuracy over the validation split after epoch `epochIndex`.
    case validation(epochIndex: Int)

    /// Loss and accuracy over the test images after the last epoch.
    case test

    /// Whether its answers carry gradients.
    package var isTraining: Bool {
        switch self {
        case .step: true
        case .validation, .test: false
        }
    }
}

/// How far a run has come: what a checkpoint stores and a resumed run starts from.
package struct Position: Hashable, Sendable {
    /// Optimizer steps that were applied; also the version of the parameters.
    package var completedStepCount: Int

    /// Epochs whose validation figures were recorded.
    package var recordedEpochCount: Int

    /// Whether the test images were evaluated with the final parameters.
    package var isTested: Bool

    /// Describes a position; the default is that of a fresh run.
    package init(
        completedStepCount: Int = 0,
        recordedEpochCount: Int = 0,
        isTested: Bool = false
    ) {
        self.completedStepCount = completedStepCount
        self.recordedEpochCount = recordedEpochCount
        self.isTested = isTested
    }

    /// Whether a run at `later` has this position behind it, or is there.
    package func isReached(by later: Position) -> Bool {
        (completedStepCount, recordedEpochCount)
            <= (later.completedStepCount, later.recordedEpochCount)
    }

    /// The position once `round` is complete.
    package func advanced(past round: Round) -> Position {
        var position = self
        switch round {
        case .step: position.completedStepCount += 1
        case .validation: position.recordedEpochCount += 1
        case .test: position.isTested = true
        }
        return position
    }
}
