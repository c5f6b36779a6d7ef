import TrainingProtocol

/// The checkpoints of a run that is going on.
extension CoordinatorLoop {
    /// Hands the state after `position` to the writer.
    func saveCheckpoint(at position: Position) {
        guard divergedStep == nil else { return }
        let isFinite = areParametersFinite
        if !isFinite { diverged(at: position.completedStepCount) }
        let verdict = CheckpointRule(stepsPerEpoch: schedule.stepsPerEpoch)
            .verdict(at: position, isFinite: isFinite, keepsGoing: run.keepsGoing)
        guard verdict != .none else { return }
        run.submitCheckpoint(
            at: position,
            totals: tally.totals,
            epochs: epochs,
            distrusted: machine.distrusted,
            soleAnswers: machine.soleAnswers,
            isRequired: verdict == .required
        )
    }

    /// The position of the newest checkpoint at or before another; nil if there is none.
    ///
    /// One that is still being written counts; one that fails leaves those before it.
    func checkpoint(before position: Position) -> Position? {
        try? run.finishCheckpoints()
        return run.findingCheckpoint(position)
    }
}
