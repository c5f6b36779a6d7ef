import Reporting

/// What the live page shows of a run at one moment, part by part: the report's pictures, and what
/// only a run that goes on has.
package struct LiveView {
    private let run: ReportedRun
    private let moment: Moment
    private let answers: [ShardAnswer]

    /// Figures of a moment.
    package struct Moment: Sendable {
        /// Steps so far, and how many there are to be.
        package var step: Int, stepCount: Int
        /// The epoch, from 1, and how many there are to be.
        package var epoch: Int, epochCount: Int
        /// Mean loss and accuracy of the epoch so far; nil before its first step.
        package var loss: Double?, accuracy: Double?
        /// Training samples a second since the moment before; nil where nothing was trained.
        package var samplesPerSecond: Double?
        /// Workers that take part.
        package var workerCount: Int
        /// In seconds since 1970.
        package var time: Double

        /// Describes a moment before the first step.
        package init(stepCount: Int, epochCount: Int, time: Double) {
            (step, self.stepCount) = (0, stepCount)
            (epoch, self.epochCount) = (1, epochCount)
            workerCount = 0
            self.time = time
        }
    }

    /// Will show a run, and its latest answers, oldest first.
    package init(_ run: ReportedRun, at moment: Moment, answers: [ShardAnswer]) {
        self.run = run
        self.moment = moment
        self.answers = answers
    }

    /// The parts by the names of the page's places.
    package var parts: [(name: String, text: String)] {
        [
            ("facts", facts), ("curves", RunCharts(runs: [run]).html),
            ("shards", ShardMap(answers: answers, workers: workers).html),
            ("workers", WorkerTimeline(run.history, until: moment.time).html),
            ("faults", FaultList(run.history).html),
        ]
    }

    /// The workers in the order in which they were first seen.
    private var workers: [String] {
        var known: Set<String> = []
        let joined = run.history.compactMap { $0.kind == .workerJoined ? $0.worker : nil }
        return (joined + answers.map(\.worker)).filter { known.insert($0).inserted }
    }

    private var facts: String {
        let last = run.epochs.last
        let entries = [
            ("epoch", "\(moment.epoch) of \(moment.epochCount)"),
            (
                "step",
                "\(Markup.count(Double(moment.step))) of \(Markup.count(Double(moment.stepCount)))"
            ),
            ("loss", Markup.metric(moment.loss)), ("accuracy", Markup.metric(moment.accuracy)),
            ("val_loss", Markup.metric(last?[.validationLoss])),
            ("val_accuracy", Markup.metric(last?[.validationAccuracy])),
            ("samples/s", Markup.count(moment.samplesPerSecond)),
            ("workers", "\(moment.workerCount)"), ("faults", "\(FaultList(run.history).count)"),
            ("time", run.start.map { Markup.span(max(0, moment.time - $0)) } ?? "–"),
        ]
        let items = entries.map { "<div><dt>\($0.0)</dt><dd>\(Markup.escaped($0.1))</dd></div>" }
        return "<dl class=\"facts\">\(items.joined())</dl>"
            + run.notes.map { "<p class=\"note\">\(Markup.escaped($0))</p>" }.joined()
    }
}
