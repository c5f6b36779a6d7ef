import Arithmetic
package import Checkpoints
import Figures
import Foundation
import Model
import TrainingDriver
import TrainingProtocol

/// The checkpoints of a run of LeNet-5, on a disk.
///
/// Belongs to the coordinator's thread; the writer has one of its own.
package final class RunCheckpoints: CheckpointKeeper {
    /// Where checkpoints go.
    package private(set) var writer: CheckpointWriter
    /// What every checkpoint says about the run: its name, seed and settings.
    private let identity: RunIdentity
    private var best: BestModel
    private let finding: (Position) -> Position?
    private let goingBack: (Position) throws -> Run
    /// Who is told of what was written.
    weak var observer: (any RunObserver)?

    /// Gathers the parts.
    ///
    /// - Parameters:
    ///   - best: where the best model goes.
    ///   - finding: the position of the newest checkpoint at or before another; nil if there is
    ///     none.
    ///   - goingBack: makes the run again from its newest checkpoint at or before a position, and
    ///     removes those after it from the disk.
    init(
        writer: CheckpointWriter,
        identity: RunIdentity,
        best: BestModel,
        finding: @escaping (Position) -> Position?,
        goingBack: @escaping (Position) throws -> Run
    ) {
        self.writer = writer
        self.identity = identity
        self.best = best
        self.finding = finding
        self.goingBack = goingBack
    }

    func submit(_ record: RunRecord, _ numbers: LeNetNumbers, isRequired: Bool) {
        submit(record, numbers.optimizer.current, isRequired: isRequired)
    }

    /// Hands a state to the writer.
    func submit(_ record: RunRecord, _ buffers: OptimizerBuffers, isRequired: Bool) {
        writer.submit(
            identity.metadata(of: record),
            parameters: UnsafeRawBufferPointer(buffers.parameters.bytes),
            slots: buffers.slots.map { UnsafeRawBufferPointer($0.bytes) },
            isRequired: isRequired
        )
    }

    func newest(before position: Position) -> Position? {
        try? writer.finish()
        return finding(position)
    }

    func goBack(to position: Position, _ numbers: LeNetNumbers) throws -> RunStart {
        try? writer.finish()
        let run = try goingBack(position)
        numbers.restart(with: run.optimizer)
        best.forget(epochCount: run.start.position.recordedEpochCount)
        writer = run.checkpoints.writer
        return run.start
    }

    func keepBest(of epochs: [EpochRecord], _ numbers: LeNetNumbers) {
        let optimizer = numbers.optimizer
        let file = best.file(after: epochs, optimizer.current, average: optimizer.average)
        guard let file else { return }
        writer.writeFirst { () throws(CheckpointError) in try file.write() }
    }

    func tellOutcomes() {
        for outcome in writer.drainOutcomes() { observer?.checkpointWasHandled(outcome) }
    }
}
