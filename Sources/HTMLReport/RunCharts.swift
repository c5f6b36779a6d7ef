import Reporting

/// Curves of several runs, overlaid.
struct RunCharts {
    let runs: [ReportedRun]

    var html: String {
        [
            LineChart(
                title: "Loss",
                unit: "nats",
                curves: curves(.loss, .validationLoss, .averageValidationLoss),
                prefersLogarithm: true
            ),
            LineChart(
                title: "Accuracy",
                unit: "share of samples",
                curves: curves(.accuracy, .validationAccuracy, .averageValidationAccuracy)
            ),
            LineChart(title: "Throughput", unit: "samples/s", curves: throughput),
            LineChart(
                title: "Norms at epochs' ends",
                unit: "Euclidean",
                curves: norms,
                prefersLogarithm: true
            ),
        ].map(\.html).joined(separator: "\n")
    }

    /// Each run's figure over epochs, its validation dashed, and its steps' own faintly.
    private func curves(_ field: MetricsField, _ validation: MetricsField, _ average: MetricsField)
        -> [LineChart.Curve]
    {
        var faint: [LineChart.Curve] = []
        var plain: [LineChart.Curve] = []
        for (index, run) in runs.enumerated() {
            faint.append(
                curve(index, "\(field.rawValue) of steps, averaged", .faint, run.steps, field)
            )
            plain.append(curve(index, field.rawValue, .plain, run.epochs, field))
            plain.append(curve(index, validation.rawValue, .dashed, run.epochs, validation))
            guard run.epochs.contains(where: { $0[average] != nil }) else { continue }
            plain.append(curve(index, average.rawValue, .dashed, run.epochs, average))
        }
        return faint + plain
    }

    private var throughput: [LineChart.Curve] {
        let name = MetricsField.samplesPerSecond.rawValue
        return runs.enumerated().flatMap { index, run in
            [
                curve(index, "\(name) of steps, averaged", .faint, run.steps, .samplesPerSecond),
                curve(index, name, .plain, run.epochs, .samplesPerSecond),
            ]
        }
    }

    private var norms: [LineChart.Curve] {
        runs.enumerated().flatMap { index, run in
            [
                curve(index, "weightNorm", .plain, run.epochs, .weightNorm),
                curve(index, "gradientNorm", .dashed, run.epochs, .gradientNorm),
            ]
        }
    }

    private func curve(
        _ index: Int,
        _ name: String,
        _ style: LineChart.Style,
        _ lines: [MetricsLine],
        _ field: MetricsField
    ) -> LineChart.Curve {
        LineChart.Curve(
            run: runs.count == 1 ? nil : runs[index].name,
            name: name,
            colour: index % PageStyle.colourCount,
            style: style,
            points: lines.compactMap { line in line[field].map { (Double(line.step), $0) } }
        )
    }
}
