package import Arithmetic
package import Checkpoints
package import Figures
import Foundation
import JSON
package import Kernels
import Model
package import TrainingProtocol

/// Everything that a coordinator starts with: a fresh run's, or what a checkpoint says.
package struct Run {
    /// What the machine is told.
    package var settings: Coordinator.Settings
    /// Where to start.
    package var position: Position
    /// The samples.
    package var feed: SampleFeed
    /// The parameters and moments at `position`.
    package var optimizer: Optimizer
    /// The arithmetic.
    package var kernels: KernelSet
    /// Where checkpoints go; nil for a run that leaves none.
    package var writer: CheckpointWriter?
    /// What every checkpoint says about the run: its name, seed and settings.
    package var identity: RunIdentity
    /// What the epoch in progress had summed up.
    package var epochTotals: EpochTotals
    /// The epochs before.
    package var epochs: [EpochRecord]
    /// Whether it goes on once its loss is no finite number.
    package var keepsGoing = false
    /// The position of the newest checkpoint at or before another; nil if there is none.
    package var findingCheckpoint: (Position) -> Position?
    /// Makes the run again from its newest checkpoint at or before a position, and removes those
    /// after it from the disk.
    package var goingBack: (Position) throws -> Run

    /// Gathers the parts.
    package init(
        settings: Coordinator.Settings,
        position: Position,
        feed: SampleFeed,
        optimizer: Optimizer,
        kernels: KernelSet,
        writer: CheckpointWriter?,
        identity: RunIdentity,
        epochTotals: EpochTotals,
        epochs: [EpochRecord],
        findingCheckpoint: @escaping (Position) -> Position?,
        goingBack: @escaping (Position) throws -> Run
    ) {
        self.findingCheckpoint = findingCheckpoint
        self.goingBack = goingBack
        self.settings = settings
        self.position = position
        self.feed = feed
        self.optimizer = optimizer
        self.kernels = kernels
        self.writer = writer
        self.identity = identity
        self.epochTotals = epochTotals
        self.epochs = epochs
    }

    /// Waits until every checkpoint that was handed to the writer is on the disk.
    ///
    /// - Throws: what kept the last one from being written.
    package func finishCheckpoints() throws(CheckpointError) { try writer?.finish() }

    /// Hands the state after `position` to the writer.
    func submitCheckpoint(
        at position: Position,
        totals: EpochTotals,
        epochs: [EpochRecord],
        distrusted: [WorkerID],
        soleAnswers: [SoleAnswers],
        isRequired: Bool
    ) {
        let metadata = identity.metadata(
            at: position,
            totals: totals,
            epochs: epochs,
            distrusted: distrusted,
            soleAnswers: soleAnswers
        )
        writer?.submit(
            metadata,
            parameters: UnsafeRawBufferPointer(optimizer.parameters.bytes),
            firstMoment: UnsafeRawBufferPointer(optimizer.current.firstMoment.bytes),
            secondMoment: UnsafeRawBufferPointer(optimizer.current.secondMoment.bytes),
            isRequired: isRequired
        )
    }
}

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

    func metadata(
        at position: Position,
        totals: EpochTotals,
        epochs: [EpochRecord],
        distrusted: [WorkerID],
        soleAnswers: [SoleAnswers]
    ) -> CheckpointMetadata {
        CheckpointMetadata(
            runID: String(run, radix: 16),
            step: position.completedStepCount,
            epoch: position.recordedEpochCount,
            seed: seed,
            configuration: configuration,
            epochTotals: totals,
            extra: [
                Self.historyKey: Self.text(of: epochs),
                Self.distrustedKey: distrusted.map { String($0.rawValue, radix: 16) }
                    .joined(separator: " "),
                Self.soleAnswersKey: soleAnswers.map(\.text).joined(separator: " "),
            ]
        )
    }

    private static func text(of epochs: [EpochRecord]) -> String {
        // Without this, a loss that has become infinite or not a number would not encode at all.
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        do {
            return String(decoding: try encoder.encode(epochs), as: UTF8.self)
        } catch {
            preconditionFailure("figures of epochs did not encode: \(error)")
        }
    }

    /// The workers that had given wrong answers before a checkpoint.
    static func distrusted(in metadata: CheckpointMetadata) -> [WorkerID] {
        (metadata.extra[distrustedKey] ?? "").split(separator: " ")
            .compactMap { UInt64($0, radix: 16) }.map(WorkerID.init(rawValue:))
    }

    /// What only one worker's word stood for before a checkpoint; nil if its metadata is damaged.
    static func soleAnswers(in metadata: CheckpointMetadata) -> [SoleAnswers]? {
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
