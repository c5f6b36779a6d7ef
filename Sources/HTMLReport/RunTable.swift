import Figures
import Reporting

/// The runs in a row each.
struct RunTable {
    let runs: [ReportedRun]

    var html: String {
        Markup.table(
            caption: "the runs, best test accuracy first where there is one",
            heads: [
                "run", "state", "epochs", "steps", "loss", "accuracy", "val_loss", "val_accuracy",
                "test_loss", "test_accuracy",
            ] + (hasAverages ? ["ema_val_accuracy", "ema_test_accuracy"] : []) + [
                "samples/s", "time", "workers", "faults", "digest",
            ],
            rows: sorted.map(row)
        )
    }

    /// Whether a run keeps a moving average of its parameters.
    private var hasAverages: Bool {
        runs.contains { $0.epochs.last?[.averageValidationAccuracy] != nil }
    }

    private var sorted: [ReportedRun] {
        let accuracies = runs.map { $0.test?.accuracy ?? -1 }
        return runs.indices.sorted {
            (accuracies[$1], $0) < (accuracies[$0], $1)
        }.map { runs[$0] }
    }

    private func averages(_ run: ReportedRun) -> [String] {
        guard hasAverages else { return [] }
        let validation = run.epochs.last?[.averageValidationAccuracy]
        return [Markup.metric(validation), Markup.metric(run.averageTestAccuracy)]
    }

    private func row(of run: ReportedRun) -> [String] {
        let last = run.epochs.last
        let epochs = "\(run.epochs.count)" + (run.epochCount.map { "/\($0)" } ?? "")
        let digest = run.digest.map { digest in
            "<code title=\"\(Markup.escaped(digest))\">\(Markup.escaped(String(digest.prefix(8))))</code>"
        }
        return [
            Markup.escaped(run.name), run.state.rawValue, epochs, Markup.count(Double(run.step)),
            Markup.metric(last?[.loss]), Markup.metric(last?[.accuracy]),
            Markup.metric(last?[.validationLoss]), Markup.metric(last?[.validationAccuracy]),
            Markup.metric(run.test?.loss), Markup.metric(run.test?.accuracy),
        ] + averages(run) + [
            Markup.count(run.samplesPerSecond), run.seconds.map(Markup.span) ?? "–",
            run.workerCount.map { "\($0)" } ?? "–", "\(FaultList(run.history).count)",
            digest ?? "–",
        ]
    }
}
