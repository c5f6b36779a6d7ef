package import Figures
package import TrainingProtocol

/// What a checkpoint says of a run beside its numbers.
package struct RunRecord: Equatable, Sendable {
    /// How far the run has come.
    package var position: Position
    /// What the epoch in progress has summed up.
    package var epochTotals: EpochTotals
    /// The figures of the epochs before.
    package var epochs: [EpochRecord]
    /// Workers that have given wrong answers.
    package var distrusted: [WorkerID]
    /// What only one worker's word stands for.
    package var soleAnswers: [SoleAnswers]

    /// Gathers the parts; the default is that of a run that has not begun.
    package init(
        position: Position = Position(),
        epochTotals: EpochTotals = EpochTotals(),
        epochs: [EpochRecord] = [],
        distrusted: [WorkerID] = [],
        soleAnswers: [SoleAnswers] = []
    ) {
        self.position = position
        self.epochTotals = epochTotals
        self.epochs = epochs
        self.distrusted = distrusted
        self.soleAnswers = soleAnswers
    }
}

/// Where a run's checkpoints are.
package protocol CheckpointKeeper: AnyObject {
    /// The numbers that checkpoints hold.
    associatedtype Numbers: CoordinatorNumbers

    /// Takes a copy of the state, and has it written without waiting for that.
    ///
    /// - Parameter isRequired: whether a later one may not take its place.
    func submit(_ record: RunRecord, _ numbers: Numbers, isRequired: Bool)
    /// The position of the newest checkpoint at or before another; nil if there is none.
    ///
    /// One that is still being written counts; one that fails leaves those before it.
    func newest(before position: Position) -> Position?
    /// Gives the numbers the state of the newest checkpoint at or before a position, and removes
    /// those after it.
    ///
    /// - Returns: what that checkpoint says beside its numbers.
    /// - Throws: when there is none.
    func goBack(to position: Position, _ numbers: Numbers) throws -> RunRecord
    /// Keeps the model of the last of these epochs, if it is the best of them so far.
    func keepBest(of epochs: [EpochRecord], _ numbers: Numbers)
    /// Tells of what was written, or was not.
    func tellOutcomes()
}

extension CheckpointKeeper {
    /// Keeps none, unless a type does.
    package func keepBest(of epochs: [EpochRecord], _ numbers: Numbers) {}
}
