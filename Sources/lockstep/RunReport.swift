import Checkpoints
import Configuration
import Figures
import Foundation
import Hosting
import Kernels
import Logging
import Model
import Reporting
import Training
import TrainingDriver
import TrainingProtocol

/// What a run shows and writes while it goes: the progress on standard output, the figures in its
/// folder, the rest as log lines.
///
/// A figure that cannot be written is a warning, once a file; training goes on.
final class RunReport: RunObserver {
    /// Whether a step has ended.
    let beginning = RunBeginning()
    /// How the run goes.
    var status: SharedRunStatus { display.status }

    private let folder: RunFolder
    private let configuration: RunConfiguration
    private let schedule: Schedule
    private let supervision: Supervision
    private let logger: Logger
    private let display: RunDisplay
    private let origin: RunOrigin
    private let files: FigureFiles
    private var failedParts: Set<String> = []
    private var workerNames: [WorkerID: String] = [:]
    private var lines = LineLimit()

    /// Opens the folder's files.
    ///
    /// - Throws: `ReportError` when one cannot be made or written to.
    init(
        folder: RunFolder,
        configuration: RunConfiguration,
        run: Run,
        display: RunDisplay,
        supervision: Supervision,
        logger: Logger
    ) throws(ReportError) {
        self.folder = folder
        self.configuration = configuration
        self.display = display
        self.supervision = supervision
        self.logger = logger
        schedule = run.start.settings.schedule
        origin = RunOrigin(configuration, kernels: run.kernels.name)
        files = try FigureFiles(
            folder: folder,
            configuration: configuration,
            run: run,
            origin: origin
        ) { logger.warning("\($0); training goes on without these figures") }
    }

    func runWillStart(endpoint: String, payloadPort: Int?) {
        let payloads = payloadPort.map { ", sealed payloads on port \($0)" } ?? ""
        log(.info, "listening on \(endpoint)\(payloads)")
        supervision.notifier?.ready("listening on \(endpoint)")
        supervision.health.isNow(ready: true, "listening on \(endpoint)")
    }

    func stepDidEnd(_ record: StepRecord) {
        beginning.note()
        if display.advanced(record) {
            supervision.notifier?.status(
                "epoch \(record.epoch.epochIndex + 1) of \(schedule.epochCount)"
            )
        }
        if configuration.stopping.keepsGoing, !record.epoch.training.loss.isFinite,
            failedParts.insert("loss").inserted
        {
            log(
                .warning,
                "step \(record.completedStepCount): the loss is \(DecimalText.metric(record.epoch.training.loss)) where a finite one was expected, so training has diverged, and goes on as --keep-going asks; start anew with a smaller --learning-rate"
            )
        }
        files.stepDidEnd(record)
    }

    func epochDidLeave(_ end: EpochEnd) { files.epochDidLeave(end) }

    func workersDidCompute(_ shardCounts: [WorkerID: Int], ofEpoch epochIndex: Int) {
        files.workersDidCompute(shardCounts, ofEpoch: epochIndex, name: name)
    }

    func epochDidEnd(_ record: EpochRecord) {
        display.ended(record)
        files.epochDidEnd(record)
    }

    func runDidGoBack(to position: Position) {
        let step = position.completedStepCount
        display.interrupted()
        log(.warning, "a wrong answer had counted; going on from the checkpoint of step \(step)")
        files.runDidGoBack(to: step)
    }

    func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome) {
        switch outcome {
        case .saved(let step, let saved, _):
            log(.debug, "checkpoint of step \(step) written to \(saved.path)")
            for warning in saved.warnings { warn(warning, ofKind: "old checkpoints") }
        case .failed(let step, let error):
            files.note(.checkpointFailed, "\(error)")
            warn(
                "writing the checkpoint of step \(step): \(error); training goes on, and the next one will be tried",
                ofKind: Self.failedCheckpoints
            )
        case .superseded(let step):
            log(.debug, "the checkpoint of step \(step) gave way to a later one")
        case .otherFailed(let error):
            warn(
                "writing the best model: \(error); training goes on, and the next better epoch's will be tried",
                ofKind: "failed best models"
            )
        }
    }

    private static let failedCheckpoints = "failed checkpoints"

    /// Says how many checkpoints could not be written, if more than was told.
    private func tellOfFailedCheckpoints() {
        guard let count = lines.countUntold(ofKind: Self.failedCheckpoints) else { return }
        log(.warning, "\(count) checkpoints could not be written; the newest that was stays")
    }

    func didNotice(_ notice: Coordinator.Notice) {
        noteInHistory(notice)
        switch notice {
        case .workerJoined(let worker, let workerCount):
            status.has(workerCount: workerCount)
            log(.info, "worker \(name(worker)) joined; \(workerCount) now")
        case .workerLost(let worker, .left, let workerCount):
            status.has(workerCount: workerCount)
            log(.info, "worker \(name(worker)) left; \(workerCount) now")
        case .workerLost(let worker, .rejoined, _):
            // It said hello twice: a connection that broke, or a welcome that took long.
            log(.info, "worker \(name(worker)) starts afresh")
        case .workerLost(let worker, let loss, let workerCount):
            status.has(workerCount: workerCount)
            log(
                .warning,
                "worker \(name(worker)) is lost (\(NoticeText.text(of: loss))); \(workerCount) now"
            )
        case .waitingForWorkers(let workerCount, let needed):
            status.waits(workerCount: workerCount, needed: needed)
            // At the start they come one by one; later, having none at all holds the run up.
            log(
                workerCount == 0 ? .notice : .info,
                "waiting for workers: \(workerCount) of \(needed) \(workerCount == 1 ? "has" : "have") joined"
            )
        case .workersSpare(let workerCount, let shardCount):
            let batchSize = workerCount * Schedule.shardSampleCountMax
            log(
                .notice,
                "\(workerCount) workers for \(shardCount) shard\(shardCount == 1 ? "" : "s") a batch: \(workerCount - shardCount) only \(workerCount - shardCount == 1 ? "waits" : "wait"); --batch-size \(batchSize) would use them all"
            )
        case .workerDistrusted(let worker, let work):
            log(
                .error,
                "worker \(name(worker)) gave a wrong answer for \(NoticeText.text(of: work.round)), \(NoticeText.text(of: shards(of: work))), and takes no part any more; check the memory and processor of its machine"
            )
        case .stepsInDoubt(let doubt):
            log(
                .error,
                "only the word of worker \(name(doubt.worker)) stands for a part of \(NoticeText.text(of: doubt.steps)), and no checkpoint between the start and these is left to go back to; the run goes on, and its model is in doubt"
            )
        case .roundOverdue(let round, let duration, let debts):
            log(
                .warning,
                "\(NoticeText.text(of: round)) has been going on for \(NoticeText.text(of: duration)), much longer than usual: \(debts.map { NoticeText.text(of: $0, name: name) }.joined(separator: "; "))"
            )
        case .workerRefused(let worker, let version):
            log(
                .warning,
                "worker \(name(worker)) was refused: it speaks version \(version) of the protocol where \(protocolVersion) was expected; install the same version of Lockstep there"
            )
        }
    }

    /// As many workers as are remembered by name: each start of one is another.
    private static let nameCountMax = 10_000

    func workerWillJoin(_ worker: WorkerID, name: String) {
        if workerNames.count >= Self.nameCountMax { workerNames = [:] }
        workerNames[worker] = name
    }

    /// What the log calls a worker: `beta/4711 (8d3b149e)`, or its number where it is all that is
    /// known.
    private func name(_ worker: WorkerID) -> String { workerNames[worker] ?? "\(worker)" }

    func workerWasEnrolled(name: String) {
        log(.notice, "a worker has joined by invitation; its key is listed as \(name)")
    }

    func sealedLinkDidOpen(to worker: WorkerID) {
        log(.debug, "payloads to and from worker \(name(worker)) go sealed")
    }

    func didReceiveForeignBytes(reason: String, isKnock: Bool) {
        if isKnock { return log(.info, "dropped \(reason)") }
        log(.warning, "dropped \(reason); is another program using this address?")
    }

    /// Says how to go on with a run that was stopped.
    func didStop(after position: Position?) {
        tellOfFailedCheckpoints()
        let step = position.map { " after step \($0.completedStepCount)" } ?? ""
        display.interrupted()
        files.note(.end, "stopped")
        log(.notice, "stopped\(step); to go on, add --resume --run-dir \(folder.path)")
    }

    /// Leaves the progress line, for the error that follows.
    func didDiverge() {
        files.note(.end, "diverged")
        display.interrupted()
    }

    /// Keeps what the test set shows of the run's model, beside its loss and accuracy.
    func testDidEnd(_ findings: EvaluationFindings) { files.testDidEnd(findings) }

    /// Writes the run's summary.
    ///
    /// - Throws: `ReportError` when it cannot be written.
    func summarize(_ result: RunResult, digest: String) throws(ReportError) {
        tellOfFailedCheckpoints()
        files.note(.end, "completed")
        let summary = RunSummary(
            origin: origin,
            epochs: result.progress.epochs,
            test: Self.test(of: result),
            digest: digest,
            findings: RunSummary.Findings(of: result, configuration.stopping),
            workers: result.progress.workerCountMax,
            batchSize: configuration.batchSize,
            seed: configuration.seed,
            steps: result.position.completedStepCount,
            totalSeconds: result.duration.seconds,
            distrust: RunSummary.Distrust(
                workers: result.trust.distrusted.map(name),
                unverifiedSteps: result.trust.unverified.flatMap {
                    RunSummary.UnverifiedSteps.all(of: $0, name: name($0.worker))
                },
                droppedMessages: result.droppedMessages
            ),
            profile: RunProfile(result)
        )
        try summary.write(toFolder: folder.path)
    }

    private static func test(of result: RunResult) -> Metrics {
        result.progress.test ?? Metrics(loss: .nan, accuracy: .nan)
    }

    /// Prints the run's result, and where its model is, and the moving average if there is one.
    func show(_ result: RunResult, digest: String, modelPath: String, averagePath: String?) {
        let average = averagePath.map { "EMA    \($0)\n" } ?? ""
        display.result(
            """
            \(Self.test(of: result).testLine)\
            \(result.progress.averageTest.map { "EMA " + $0.testLine } ?? "")\
            model  \(modelPath)
            \(average)\
            digest \(digest)

            """
        )
        for doubt in result.trust.unverified {
            display.result(
                "unverified: only worker \(name(doubt.worker)), which gave wrong answers, has computed a part of \(NoticeText.text(of: doubt.steps))\n"
            )
        }
    }
}

extension RunReport {
    private func shards(of work: Work) -> Range<Int> {
        work.subtree.shards(of: schedule.shardCount(of: work.round))
    }

    private func warn(_ text: String, ofKind kind: String) {
        guard let line = lines.note(text, ofKind: kind, at: status.now) else { return }
        log(.warning, line)
    }

    private func log(_ level: Logger.Level, _ message: String) {
        if level >= logger.logLevel { status.said() }
        logger.log(level: level, "\(message)")
    }

    /// Notes what the report of a run shows.
    private func noteInHistory(_ notice: Coordinator.Notice) {
        switch notice {
        case .workerJoined(let worker, let workerCount):
            files.note(.workerJoined, worker: name(worker), workerCount: workerCount)
        case .workerLost(_, .rejoined, _): break
        case .workerLost(let worker, let loss, let workerCount):
            files.note(
                .workerLost,
                worker: name(worker),
                workerCount: workerCount,
                NoticeText.text(of: loss)
            )
        case .workerDistrusted(let worker, let work):
            files.note(.workerDistrusted, worker: name(worker), NoticeText.text(of: work.round))
        case .roundOverdue(let round, let duration, let debts):
            let lasting = "\(NoticeText.text(of: round)), \(NoticeText.text(of: duration))"
            files.note(.overdue, worker: debts.first.map { name($0.worker) }, lasting)
        case .waitingForWorkers, .workersSpare, .workerRefused, .stepsInDoubt: break
        }
    }
}
