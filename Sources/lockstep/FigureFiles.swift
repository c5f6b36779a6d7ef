import Configuration
import Figures
import Foundation
import Model
import Reporting
import Training
import TrainingDriver
import TrainingProtocol

/// The figures of a run in its folder: metrics, TensorBoard's events and the history.
///
/// A file that cannot be written is told of once; training goes on.
final class FigureFiles {
    private let folder: RunFolder
    private let learningRate: LearningRate
    private let logEvery: Int
    private let stepsPerEpoch: Int
    private var metrics: MetricsLog
    private let events: TensorBoardEvents
    private let history: RunHistory
    private var pace = PaceMeter()
    /// The layers at the end of the epoch that is about to be told of.
    private var state: EpochState?
    private var failedParts: Set<String> = []
    private let warn: (ReportError) -> Void
    /// Steps of the run so far.
    private var step: Int

    /// Opens the folder's files.
    ///
    /// - Parameter warn: hears the first failure of each file.
    /// - Throws: `ReportError` when one cannot be made or written to.
    init(
        folder: RunFolder,
        configuration: RunConfiguration,
        run: Run,
        origin: RunOrigin,
        warn: @escaping (ReportError) -> Void
    ) throws(ReportError) {
        self.folder = folder
        self.warn = warn
        learningRate = run.learningRate
        logEvery = configuration.logEvery
        stepsPerEpoch = run.start.settings.schedule.stepsPerEpoch
        step = run.start.position.completedStepCount
        let isNew = step == 0 && run.start.epochs.isEmpty
        metrics =
            isNew && !FileManager.default.fileExists(atPath: folder.metricsPath)
            ? try MetricsLog(newInFolder: folder.path)
            : try MetricsLog(folder: folder.path, resumingAtStep: step)
        events = try TensorBoardEvents(
            runFolder: folder.path,
            settings: origin.settings,
            resumedStep: step,
            at: origin.startTime
        )
        history = try RunHistory(folder: folder.path)
        var start = HistoryEvent(.start, at: origin.startTime, step: step)
        start.origin = [
            "version": origin.version, "commit": origin.commit, "kernels": origin.kernels,
            "host": origin.host,
        ]
        try history.append(start)
    }

    /// Keeps a step's figures, if it is one of those that are kept.
    func stepDidEnd(_ record: StepRecord) {
        step = record.completedStepCount
        guard logEvery > 0, step % logEvery == 0 else { return }
        let line = MetricsLine(
            record,
            samplesPerSecond: pace.samplesPerSecond(at: record),
            learningRate: learningRate.shownRate(step: step),
            at: Date()
        )
        keep("metrics") { () throws(ReportError) in try metrics.append(line) }
        keep("events") { () throws(ReportError) in try events.append(line, at: Date()) }
    }

    /// Looks at the numbers that an epoch leaves.
    func epochDidLeave(_ end: EpochEnd) { state = EpochState(end) }

    /// Notes what each worker did for an epoch.
    ///
    /// - Parameter name: what the log calls a worker.
    func workersDidCompute(
        _ shardCounts: [WorkerID: Int],
        ofEpoch epochIndex: Int,
        name: (WorkerID) -> String
    ) {
        let step = (epochIndex + 1) * stepsPerEpoch
        var event = HistoryEvent(.epoch, at: Date(), step: step)
        // Two starts of one process may bear one name.
        event.shards = Dictionary(
            shardCounts.map { (name($0.key), $0.value) },
            uniquingKeysWith: +
        )
        append(event)
    }

    /// Keeps an epoch's figures.
    func epochDidEnd(_ record: EpochRecord) {
        step = (record.epochIndex + 1) * stepsPerEpoch
        defer { state = nil }
        let line = MetricsLine(
            record,
            state,
            step: step,
            learningRate: learningRate.shownRate(step: step),
            at: Date()
        )
        keep("metrics") { () throws(ReportError) in try metrics.append(line) }
        keep("events") { () throws(ReportError) in
            try events.append(line, at: Date())
            guard let state else { return }
            try events.append(state, epoch: record.epochIndex + 1, at: Date())
        }
    }

    /// Takes back what lies beyond a step, from which the run goes on.
    func runDidGoBack(to step: Int) {
        self.step = step
        keep("metrics") { () throws(ReportError) in
            metrics = try MetricsLog(folder: folder.path, resumingAtStep: step)
        }
        keep("events") { () throws(ReportError) in
            try events.goBack(toStep: step, at: Date())
        }
        note(.wentBack)
    }

    /// Keeps what the test set showed at the run's end.
    func testDidEnd(_ findings: EvaluationFindings) {
        let misread = findings.worst.map { misread in
            MisreadPicture(
                title: misread.title,
                pixels: misread.pixels,
                width: LeNet.imageSide
            )
        }
        keep("events") { () throws(ReportError) in
            try events.append(
                test: findings.metrics,
                confusion: findings.confusion,
                misread: misread,
                step: step,
                at: Date()
            )
        }
    }

    /// Notes what has happened to the run.
    func note(
        _ kind: HistoryEvent.Kind,
        worker: String? = nil,
        workerCount: Int? = nil,
        _ text: String? = nil
    ) {
        append(
            HistoryEvent(
                kind,
                at: Date(),
                step: step,
                worker: worker,
                workerCount: workerCount,
                text: text
            )
        )
    }

    private func append(_ event: HistoryEvent) {
        keep("history") { () throws(ReportError) in try history.append(event) }
    }

    /// Writes, or warns the first time that a part cannot be written.
    private func keep(_ part: String, _ write: () throws(ReportError) -> Void) {
        do {
            try write()
        } catch {
            if failedParts.insert(part).inserted { warn(error) }
        }
    }
}

extension LearningRate {
    /// The rate of a step in as few digits as tell binary32 numbers apart: it is computed with as
    /// one.
    fileprivate func shownRate(step: Int) -> Double {
        let rate = Float(rate(step: step))
        return Double("\(rate)") ?? Double(rate)
    }
}

extension EpochState {
    /// Looks at the layers that have parameters.
    init(_ end: EpochEnd) {
        let layers = (LeNet(parameterCount: end.parameters.count) ?? .digits).layers.filter {
            !$0.tensors.isEmpty
        }
        self.init(
            layers: layers.map { layer in
                LayerFigures(
                    name: String(layer.tensors[0].name.prefix { $0 != "." }),
                    weights: Self.histogram(end.parameters, layer.tensors[0].range),
                    biases: Self.histogram(end.parameters, layer.tensors[1].range),
                    gradient: end.gradient.map { Self.histogram($0, layer.range) }
                )
            }
        )
    }

    private static func histogram(_ buffer: ParameterBuffer, _ range: Range<Int>) -> Histogram {
        Histogram(of: UnsafeBufferPointer(rebasing: buffer.floats[range]))
    }
}

extension RunOrigin {
    /// What this process is about to run, from now on.
    init(_ configuration: RunConfiguration, kernels: String) {
        let settings = Setting.all.map { ($0.key, SettingValue($0.text(in: configuration))) }
        self.init(
            version: VersionCommand.version,
            commit: VersionCommand.commit,
            kernels: kernels,
            host: ProcessInfo.processInfo.hostName,
            startTime: Date(),
            settings: Dictionary(uniqueKeysWithValues: settings)
        )
    }
}
