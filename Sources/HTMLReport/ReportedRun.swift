package import Figures
import Foundation
package import JSON
package import Reporting

/// What a report shows of a run, which may be going on.
package struct ReportedRun: Sendable {
    /// How a run stands.
    package enum State: String, Sendable {
        /// A process trains in its folder.
        case training
        /// It came to its end.
        case complete
        /// It was asked to stop.
        case stopped
        /// It stopped because its loss was no finite number.
        case diverged
        /// Its process ended without a word.
        case interrupted
    }

    /// What the page calls it: its folder's name.
    package var name: String
    /// How it stands.
    package var state: State
    /// Its settings by name, in the order of the configuration file.
    package var settings: [(key: String, value: String)]
    /// Its figures.
    package var lines: [MetricsLine]
    /// What happened to it.
    package var history: [HistoryEvent]
    /// Its summary; nil where it has none, or one of an earlier end.
    package var summary: StrictJSON?
    /// What its model makes of the test images; nil where nobody could look.
    package var findings: ReportFindings?
    /// What could not be shown, a sentence each.
    package var notes: [String] = []

    /// Gathers what is known.
    package init(
        name: String,
        state: State,
        settings: [(key: String, value: String)],
        lines: [MetricsLine],
        history: [HistoryEvent],
        summary: StrictJSON?
    ) {
        self.name = name
        self.state = state
        self.settings = settings
        self.lines = lines
        self.history = history
        self.summary = summary
    }
}

/// What a run's model makes of the test images.
package struct ReportFindings: Sendable {
    /// The file that the parameters are from.
    package var source: String
    /// The step that they are of; nil for the run's last.
    package var test: Metrics
    /// Labels and predictions.
    package var confusion: ConfusionMatrix
    /// The most confidently wrong.
    package var misread: [MisreadPicture]
    /// The first convolution's filters, row by row.
    package var filters: [[Float]]

    /// Gathers them.
    package init(
        source: String,
        test: Metrics,
        confusion: ConfusionMatrix,
        misread: [MisreadPicture],
        filters: [[Float]]
    ) {
        self.source = source
        self.test = test
        self.confusion = confusion
        self.misread = misread
        self.filters = filters
    }
}

/// Figures that a table of runs has.
extension ReportedRun {
    /// Lines of epochs.
    package var epochs: [MetricsLine] { lines.filter { $0.kind == .epoch } }
    /// Lines of steps.
    package var steps: [MetricsLine] { lines.filter { $0.kind == .step } }

    /// Steps so far, as far as the files tell.
    package var step: Int { max(lines.last?.step ?? 0, history.last?.step ?? 0) }

    /// The setting of that name.
    package func setting(_ key: String) -> String? { settings.first { $0.key == key }?.value }

    /// How many epochs it is to have.
    package var epochCount: Int? { setting("epochs").flatMap { Int($0) } }

    /// Test loss and accuracy: of the summary, else of the model as it stands.
    package var test: Metrics? {
        if let loss = summary?["test"]?["loss"]?.double,
            let accuracy = summary?["test"]?["accuracy"]?.double
        {
            return Metrics(loss: loss, accuracy: accuracy)
        }
        return findings?.test
    }

    /// The test accuracy of the moving average of the parameters, where one was kept.
    package var averageTestAccuracy: Double? { summary?["emaTest"]?["accuracy"]?.double }

    /// The digest of its model, once it is complete.
    package var digest: String? { summary?["digest"]?.string }

    /// The middle epoch's training samples a second, or the last step's before the first epoch's
    /// end.
    package var samplesPerSecond: Double? {
        let paces = epochs.compactMap { $0[.samplesPerSecond] }.filter(\.isFinite).sorted()
        return paces.isEmpty ? steps.last?[.samplesPerSecond] : paces[paces.count / 2]
    }

    /// The most workers at once.
    package var workerCount: Int? {
        history.compactMap(\.workerCount).max() ?? summary?["workers"]?.count
    }

    /// When it began, in seconds since 1970.
    package var start: Double? { history.first?.time ?? lines.first?[.time] }

    /// How long its starts took together, in seconds.
    package var seconds: Double? {
        guard let first = times.first else { return nil }
        var total = 0.0
        var last = first.time
        for moment in times {
            if !moment.isStart { total += moment.time - last }
            last = moment.time
        }
        return total
    }

    /// When something was written, in order; a start counts from itself on.
    private var times: [(time: Double, isStart: Bool)] {
        let events = history.map { (time: $0.time, isStart: $0.kind == .start) }
        let figures = lines.compactMap { line in
            line[.time].map { (time: $0, isStart: false) }
        }
        return (events + figures).filter(\.time.isFinite).sorted { $0.time < $1.time }
    }

    /// How often it went on after it had ended in whatever way.
    package var resumeCount: Int { max(0, history.filter { $0.kind == .start }.count - 1) }
}
