/// A metric as Prometheus's text format 0.0.4 has it: its name, what it means, and its samples.
package struct MetricFamily: Sendable {
    /// What its numbers do.
    package enum Kind: String, Sendable {
        /// They only grow, until the process starts anew.
        case counter
        /// They go up and down.
        case gauge
        /// They count observations below bounds.
        case histogram
    }

    /// What it is called.
    package let name: String
    private let kind: Kind
    private let meaning: String
    private var samples: [Sample] = []

    private struct Sample: Sendable {
        let suffix: String
        let labels: [(name: String, value: String)]
        let value: String
    }

    /// Begins a metric without samples.
    package init(_ name: String, _ kind: Kind, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
    }

    /// The metric with one more number.
    package func with(_ value: Double, _ labels: [(String, String)] = []) -> MetricFamily {
        adding("", Self.text(of: value), labels)
    }

    /// The metric with one more count.
    package func with(_ value: Int, _ labels: [(String, String)] = []) -> MetricFamily {
        adding("", String(value), labels)
    }

    /// The metric with the observations of a histogram.
    package func with(_ histogram: DurationHistogram) -> MetricFamily {
        var family = self
        var count = 0
        for (index, bound) in DurationHistogram.bounds.enumerated() {
            count += histogram.counts[index]
            family = family.adding("_bucket", String(count), [("le", Self.text(of: bound))])
        }
        family = family.adding("_bucket", String(histogram.count), [("le", "+Inf")])
        family = family.adding("_sum", Self.text(of: histogram.seconds), [])
        return family.adding("_count", String(histogram.count), [])
    }

    private func adding(
        _ suffix: String,
        _ value: String,
        _ labels: [(String, String)]
    ) -> MetricFamily {
        var family = self
        family.samples.append(
            Sample(suffix: suffix, labels: labels.map { (name: $0.0, value: $0.1) }, value: value)
        )
        return family
    }

    /// The metric's lines; nothing while it has no sample.
    package var text: String {
        guard !samples.isEmpty else { return "" }
        let lines = samples.map { sample in
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            let braces = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
            return "\(name)\(sample.suffix)\(braces) \(sample.value)\n"
        }
        return "# HELP \(name) \(meaning)\n# TYPE \(name) \(kind.rawValue)\n" + lines.joined()
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && value.magnitude < 1e15
            ? String(Int(value)) : String(value)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}

/// The content type of Prometheus's text format.
package let prometheusContentType = "text/plain; version=0.0.4; charset=utf-8"
