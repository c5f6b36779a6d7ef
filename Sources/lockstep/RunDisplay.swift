import Figures
import Foundation
import Logging
import Reporting
import Synchronization

/// Where a run's progress is seen: on standard output, in the log where that is for programs, or
/// nowhere.
///
/// Belongs to the coordinator's thread, but for what ``RunStatusService`` says.
final class RunDisplay {
    /// How the run goes, for the line that is due where nothing else was said.
    let status: SharedRunStatus

    private let isQuiet: Bool
    private let stepsPerEpoch: Int
    private let logger: Logger
    private let style: ProgressBar.Style
    private var bar: ProgressBar
    private var shownEpochIndex: Int?
    private var hasFailed = false

    /// Shows nothing yet.
    init(
        epochCount: Int,
        stepsPerEpoch: Int,
        isQuiet: Bool,
        status: SharedRunStatus,
        logger: Logger
    ) {
        let style = Terminal.style(
            of: STDOUT_FILENO,
            environment: ProcessInfo.processInfo.environment
        )
        self.style = LogFormat.ofProcess == .json ? .lines : style
        bar = ProgressBar(style: self.style, epochCount: epochCount)
        self.stepsPerEpoch = stepsPerEpoch
        self.isQuiet = isQuiet
        self.status = status
        self.logger = logger
    }

    /// Shows what begins.
    func began(_ heading: RunHeading) {
        let columnCount = style == .redrawn ? Terminal.columnCount(of: STDOUT_FILENO) : nil
        progress(heading.text(columnCount: columnCount))
    }

    /// Shows a step.
    ///
    /// - Returns: whether it is the first that is shown of its epoch.
    func advanced(_ record: StepRecord) -> Bool {
        status.advanced(record)
        let isFirst = shownEpochIndex != record.epoch.epochIndex
        if isFirst {
            shownEpochIndex = record.epoch.epochIndex
            progress(
                bar.began(
                    epoch: record.epoch.epochIndex + 1,
                    stepCount: stepsPerEpoch,
                    doneCount: record.completedInEpochCount - record.elapsedStepCount,
                    at: status.now - .seconds(record.epoch.seconds)
                )
            )
        }
        progress(
            bar.advanced(
                doneCount: record.completedInEpochCount,
                record.epoch.training,
                at: status.now,
                columnCount: Terminal.columnCount(of: STDOUT_FILENO)
            )
        )
        return isFirst
    }

    /// Shows an epoch's figures.
    func ended(_ record: EpochRecord) {
        progress(
            bar.ended(
                record,
                at: status.now,
                columnCount: Terminal.columnCount(of: STDOUT_FILENO)
            )
        )
    }

    /// Leaves the line of progress, for other text; the next step begins another.
    func interrupted() {
        progress(bar.interrupted())
        shownEpochIndex = nil
    }

    /// Prints a result, whoever is to be spared the progress.
    func result(_ text: String) { write(text) }

    private func progress(_ text: String) {
        guard !text.isEmpty, !isQuiet else { return }
        status.said()
        switch LogFormat.ofProcess {
        case .text: write(text)
        case .json:
            logger.notice("\(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))")
        }
    }

    private func write(_ text: String) {
        do {
            try StandardOutput.write(text)
        } catch {
            if !hasFailed { logger.warning("\(error); training goes on without it") }
            hasFailed = true
        }
    }
}

/// A run's status, and the clock that its times are of, for any thread.
final class SharedRunStatus: Sendable {
    private let start = ContinuousClock.now
    private let status: Mutex<RunStatus>

    /// Begins to wait for workers; a line is due after `interval` seconds of silence.
    init(every interval: Double, epochCount: Int, stepsPerEpoch: Int, workersNeeded: Int) {
        status = Mutex(
            RunStatus(
                every: .seconds(interval),
                epochCount: epochCount,
                stepsPerEpoch: stepsPerEpoch,
                workersNeeded: workersNeeded,
                at: .zero
            )
        )
    }

    /// The time since the start.
    var now: Duration { ContinuousClock.now - start }

    /// Notes that something was said.
    func said() { status.withLock { $0.said(at: now) } }

    /// Notes where the run stands after a step.
    func advanced(_ record: StepRecord) { status.withLock { $0.advanced(record) } }

    /// Notes how many workers take part.
    func has(workerCount: Int) { status.withLock { $0.has(workerCount: workerCount) } }

    /// Notes that more workers are waited for.
    func waits(workerCount: Int, needed: Int) {
        status.withLock { $0.waits(workerCount: workerCount, needed: needed) }
    }

    /// The line that is due, and how long it is to the next; nil where none ever is.
    func look() -> (line: String?, next: Duration)? {
        status.withLock { status in
            let now = now
            let line = status.line(at: now)
            return status.deadline.map { (line, $0 - now) }
        }
    }
}
