package import Checkpoints
package import Figures
import JSON
import TrainingProtocol

/// What stays the same over all starts of a run.
package struct RunIdentity: Equatable, Sendable {
    /// The run's number, as messages carry it.
    package var run: UInt64
    /// The seed of the weights and of every epoch's order.
    package var seed: UInt64
    /// The settings that must agree at a resume.
    package var configuration: [String: String]

    /// Gathers the parts.
    package init(run: UInt64, seed: UInt64, configuration: [String: String]) {
        self.run = run
        self.seed = seed
        self.configuration = configuration
    }

    private static let historyKey = "epochs"
    private static let distrustedKey = "distrustedWorkers"
    private static let soleAnswersKey = "soleAnswers"

    /// What a checkpoint of this run says beside its numbers.
    package func metadata(of record: RunRecord) -> CheckpointMetadata {
        CheckpointMetadata(
            runID: String(run, radix: 16),
            step: record.position.completedStepCount,
            epoch: record.position.recordedEpochCount,
            seed: seed,
            configuration: configuration,
            epochTotals: record.epochTotals,
            extra: [
                Self.historyKey: "[" + record.epochs.map(\.checkpointText).joined(separator: ",")
                    + "]",
                Self.distrustedKey: record.distrusted.map { String($0.rawValue, radix: 16) }
                    .joined(separator: " "),
                Self.soleAnswersKey: record.soleAnswers.map(\.text).joined(separator: " "),
            ]
        )
    }

    /// What a checkpoint says of its run beside its numbers.
    ///
    /// - Throws: ``Unreadable`` if something is missing.
    package static func record(in metadata: CheckpointMetadata) throws(Unreadable) -> RunRecord {
        guard let epochs = epochs(in: metadata), epochs.count == metadata.epoch,
            let soleAnswers = soleAnswers(in: metadata)
        else { throw Unreadable() }
        return RunRecord(
            position: Position(of: metadata),
            epochTotals: metadata.epochTotals,
            epochs: epochs,
            distrusted: distrusted(in: metadata),
            soleAnswers: soleAnswers
        )
    }

    /// A checkpoint lacks what its run would have written.
    package struct Unreadable: Error, Equatable {
        /// Found that something is missing.
        package init() {}
    }

    /// The number of the run that wrote a checkpoint; nil if its metadata is damaged.
    package static func run(in metadata: CheckpointMetadata) -> UInt64? {
        UInt64(metadata.runID, radix: 16)
    }

    /// The workers that had given wrong answers before a checkpoint.
    private static func distrusted(in metadata: CheckpointMetadata) -> [WorkerID] {
        (metadata.extra[distrustedKey] ?? "").split(separator: " ")
            .compactMap { UInt64($0, radix: 16) }.map(WorkerID.init(rawValue:))
    }

    /// What only one worker's word stood for before a checkpoint; nil if its metadata is damaged.
    private static func soleAnswers(in metadata: CheckpointMetadata) -> [SoleAnswers]? {
        let parts = (metadata.extra[soleAnswersKey] ?? "").split(separator: " ")
        let answers = parts.compactMap { SoleAnswers(text: $0) }
        return answers.count == parts.count ? answers : nil
    }

    /// The figures of the epochs before a checkpoint; nil if its metadata does not hold them.
    package static func epochs(in metadata: CheckpointMetadata) -> [EpochRecord]? {
        guard let elements = try? StrictJSON(parsing: metadata.extra[historyKey] ?? "").elements
        else { return nil }
        let epochs = elements.compactMap(EpochRecord.init)
        return epochs.count == elements.count ? epochs : nil
    }
}

extension Position {
    /// How far the run had come that wrote a checkpoint.
    init(of metadata: CheckpointMetadata) {
        self.init(completedStepCount: metadata.step, recordedEpochCount: metadata.epoch)
    }
}
