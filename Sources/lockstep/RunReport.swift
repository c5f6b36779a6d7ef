import Checkpoints
import Configuration
import Figures
import Foundation
import Hosting
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

    private let folder: RunFolder
    private let configuration: RunConfiguration
    private let schedule: Schedule
    private let workerCountMin: Int
    private let supervision: Supervision
    private let logger: Logger
    private var metrics: MetricsLog
    private let events: TensorBoardEvents
    private var progress: ProgressBar
    private var shownEpochIndex: Int?
    private var failedParts: Set<String> = []
    private var workerNames: [WorkerID: String] = [:]
    private var lines = LineLimit()
    private let start = ContinuousClock.now

    /// Opens the folder's files.
    ///
    /// - Throws: `ReportError` when one cannot be made or written to.
    init(
        folder: RunFolder,
        configuration: RunConfiguration,
        run: Run,
        supervision: Supervision,
        logger: Logger
    ) throws(ReportError) {
        self.folder = folder
        self.configuration = configuration
        self.supervision = supervision
        self.logger = logger
        schedule = run.start.settings.schedule
        workerCountMin = run.start.settings.workerCountMin
        let step = run.start.position.completedStepCount
        metrics =
            step == 0 && run.start.epochs.isEmpty
                && !FileManager.default.fileExists(atPath: folder.metricsPath)
            ? try MetricsLog(newInFolder: folder.path)
            : try MetricsLog(folder: folder.path, resumingAtStep: step)
        events = try TensorBoardEvents(
            runFolder: folder.path,
            validates: schedule.validationSampleCount > 0,
            at: Date()
        )
        let style = Terminal.style(
            of: STDOUT_FILENO,
            environment: ProcessInfo.processInfo.environment
        )
        progress = ProgressBar(style: style, epochCount: schedule.epochCount)
    }

    private var now: Duration { ContinuousClock.now - start }

    func runWillStart(endpoint: String, payloadPort: Int?) {
        let payloads = payloadPort.map { ", sealed payloads on port \($0)" } ?? ""
        log(
            .info,
            "listening on \(endpoint)\(payloads), waiting for \(workerCountMin) worker\(workerCountMin == 1 ? "" : "s"), run folder \(folder.path)"
        )
        supervision.notifier?.ready("listening on \(endpoint)")
        supervision.health.isNow(ready: true, "listening on \(endpoint)")
    }

    func stepDidEnd(_ record: StepRecord) {
        beginning.note()
        if shownEpochIndex != record.epoch.epochIndex {
            shownEpochIndex = record.epoch.epochIndex
            supervision.notifier?.status(
                "epoch \(record.epoch.epochIndex + 1) of \(schedule.epochCount)"
            )
            show(
                progress.began(
                    epoch: record.epoch.epochIndex + 1,
                    stepCount: schedule.stepsPerEpoch,
                    doneCount: record.completedInEpochCount - record.elapsedStepCount,
                    at: now - .seconds(record.epoch.seconds)
                )
            )
        }
        let columnCount = Terminal.columnCount(of: STDOUT_FILENO)
        show(
            progress.advanced(
                doneCount: record.completedInEpochCount,
                record.epoch.training,
                at: now,
                columnCount: columnCount
            )
        )
        if configuration.stopping.keepsGoing, !record.epoch.training.loss.isFinite,
            failedParts.insert("loss").inserted
        {
            log(
                .warning,
                "step \(record.completedStepCount): the loss is \(DecimalText.metric(record.epoch.training.loss)) where a finite one was expected, so training has diverged, and goes on as --keep-going asks; start anew with a smaller --learning-rate"
            )
        }
        guard configuration.logEvery > 0,
            record.completedStepCount % configuration.logEvery == 0
        else { return }
        keep("metrics") { () throws(ReportError) in try metrics.append(record, at: Date()) }
        keep("events") { () throws(ReportError) in try events.append(record, at: Date()) }
    }

    func epochDidEnd(_ record: EpochRecord) {
        let columnCount = Terminal.columnCount(of: STDOUT_FILENO)
        show(progress.ended(record, at: now, columnCount: columnCount))
        let step = (record.epochIndex + 1) * schedule.stepsPerEpoch
        keep("metrics") { () throws(ReportError) in
            try metrics.append(record, step: step, at: Date())
        }
        keep("events") { () throws(ReportError) in try events.append(record, at: Date()) }
    }

    func runDidGoBack(to position: Position) {
        let step = position.completedStepCount
        show(progress.interrupted())
        shownEpochIndex = nil
        log(.warning, "a wrong answer had counted; going on from the checkpoint of step \(step)")
        keep("metrics") { () throws(ReportError) in
            metrics = try MetricsLog(folder: folder.path, resumingAtStep: step)
        }
    }

    func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome) {
        switch outcome {
        case .saved(let step, let saved, _):
            log(.debug, "checkpoint of step \(step) written to \(saved.path)")
            for warning in saved.warnings { warn(warning, ofKind: "old checkpoints") }
        case .failed(let step, let error):
            warn(
                "writing the checkpoint of step \(step): \(error); training goes on, and the next one will be tried",
                ofKind: Self.failedCheckpoints
            )
        case .superseded(let step):
            log(.debug, "the checkpoint of step \(step) gave way to a later one")
        }
    }

    private static let failedCheckpoints = "failed checkpoints"

    /// Says how many checkpoints could not be written, if more than was told.
    private func tellOfFailedCheckpoints() {
        guard let count = lines.countUntold(ofKind: Self.failedCheckpoints) else { return }
        log(.warning, "\(count) checkpoints could not be written; the newest that was stays")
    }

    func didNotice(_ notice: Coordinator.Notice) {
        switch notice {
        case .workerJoined(let worker, let workerCount):
            log(.info, "worker \(name(worker)) joined; \(workerCount) now")
        case .workerLost(let worker, .left, let workerCount):
            log(.info, "worker \(name(worker)) left; \(workerCount) now")
        case .workerLost(let worker, .rejoined, _):
            // It said hello twice: a connection that broke, or a welcome that took long.
            log(.info, "worker \(name(worker)) starts afresh")
        case .workerLost(let worker, let loss, let workerCount):
            log(
                .warning,
                "worker \(name(worker)) is lost (\(NoticeText.text(of: loss))); \(workerCount) now"
            )
        case .waitingForWorkers(let workerCount, let needed):
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
        show(progress.interrupted())
        log(.notice, "stopped\(step); to go on, add --resume --run-dir \(folder.path)")
    }

    /// Leaves the progress line, for the error that follows.
    func didDiverge() { show(progress.interrupted()) }

    /// Writes the run's summary.
    ///
    /// - Throws: `ReportError` when it cannot be written.
    func summarize(_ result: RunResult, digest: String) throws(ReportError) {
        tellOfFailedCheckpoints()
        let summary = RunSummary(
            epochs: result.epochs,
            test: Self.test(of: result),
            digest: digest,
            findings: Self.findings(of: result, configuration.stopping),
            workers: result.workerCountMax,
            batchSize: configuration.batchSize,
            seed: configuration.seed,
            steps: result.position.completedStepCount,
            totalSeconds: result.duration.seconds,
            distrustedWorkers: result.distrusted.map(name),
            unverifiedSteps: result.unverified.flatMap {
                RunSummary.UnverifiedSteps.all(of: $0, name: name($0.worker))
            },
            droppedMessages: result.droppedMessages,
            profile: RunProfile(result)
        )
        try summary.write(toFolder: folder.path)
    }

    private static func test(of result: RunResult) -> Metrics {
        result.test ?? Metrics(loss: .nan, accuracy: .nan)
    }

    /// Prints the run's result, and where its model is, and the moving average if there is one.
    func show(_ result: RunResult, digest: String, modelPath: String, averagePath: String?) {
        let average = averagePath.map { "EMA    \($0)\n" } ?? ""
        show(
            """
            \(Self.test(of: result).testLine)\
            \(result.averageTest.map { "EMA " + $0.testLine } ?? "")\
            model  \(modelPath)
            \(average)\
            digest \(digest)

            """
        )
        for doubt in result.unverified {
            show(
                "unverified: only worker \(name(doubt.worker)), which gave wrong answers, has computed a part of \(NoticeText.text(of: doubt.steps))\n"
            )
        }
    }
}

extension RunReport {
    private func shards(of work: Work) -> Range<Int> {
        work.subtree.shards(of: schedule.shardCount(of: work.round))
    }

    private func show(_ text: String) {
        guard !text.isEmpty else { return }
        do {
            try StandardOutput.write(text)
        } catch {
            if failedParts.insert("output").inserted {
                logger.warning("\(error); training goes on without it")
            }
        }
    }

    private func warn(_ text: String, ofKind kind: String) {
        guard let line = lines.note(text, ofKind: kind, at: now) else { return }
        log(.warning, line)
    }

    private func log(_ level: Logger.Level, _ message: String) {
        logger.log(level: level, "\(message)")
    }

    /// Writes, or warns the first time that a part cannot be written.
    private func keep(_ part: String, _ write: () throws(ReportError) -> Void) {
        do {
            try write()
        } catch {
            if failedParts.insert(part).inserted {
                log(.warning, "\(error); training goes on without these figures")
            }
        }
    }
}
