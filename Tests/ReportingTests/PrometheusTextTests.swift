import Figures
import Testing

@testable import Reporting

/// Metrics as Prometheus's text format has them.
struct PrometheusTextTests {
    @Test func `writes help, type, labels and numbers`() {
        let family = MetricFamily("a_total", .counter, "What it is.")
            .with(3, [("kind", "a \"b\"\\\n")]).with(0.5)
        #expect(
            family.text == """
                # HELP a_total What it is.
                # TYPE a_total counter
                a_total{kind="a \\"b\\"\\\\\\n"} 3
                a_total 0.5

                """
        )
        #expect(MetricFamily("a", .gauge, "None.").text.isEmpty)
    }

    @Test func `writes numbers that are none`() {
        let texts = [Double.nan, .infinity, -.infinity, 1e300, -2, 1e-7].map {
            MetricFamily("a", .gauge, "b").with($0).text.split(separator: " ").last
        }
        #expect(texts == ["NaN\n", "+Inf\n", "-Inf\n", "1e+300\n", "-2\n", "1e-07\n"])
    }

    @Test func `counts a duration in every bucket above it`() {
        var durations = DurationHistogram()
        for seconds in [0.00005, 0.0001, 0.00011, 0.3, 11] { durations.note(seconds: seconds) }
        let text = MetricFamily("a", .histogram, "b").with(durations).text
        for line in [
            "a_bucket{le=\"0.0001\"} 2", "a_bucket{le=\"0.00025\"} 3", "a_bucket{le=\"0.25\"} 3",
            "a_bucket{le=\"0.5\"} 4", "a_bucket{le=\"10\"} 4", "a_bucket{le=\"+Inf\"} 5",
            "a_count 5",
        ] { #expect(text.contains("\n\(line)\n"), "\(line) in \(text)") }
        #expect(abs(durations.seconds - 11.30026) < 1e-9)
    }

    private func record(epoch: Int, step: Int, seconds: Double) -> StepRecord {
        StepRecord(
            own: Metrics(loss: 1, accuracy: 0.5),
            epoch: EpochRecord(
                epochIndex: epoch,
                training: Metrics(loss: 2, accuracy: 0.25),
                seconds: seconds,
                throughputSamplesPerSecond: 1
            ),
            completedStepCount: step,
            completedInEpochCount: step,
            elapsedStepCount: step
        )
    }

    @Test func `a step lasts from the one before, or from its epoch's start`() {
        var counters = RunCounters()
        counters.note(record(epoch: 0, step: 1, seconds: 0.3), sampleCount: 32)
        counters.note(record(epoch: 0, step: 2, seconds: 0.4), sampleCount: 32)
        counters.note(record(epoch: 1, step: 3, seconds: 0.2), sampleCount: 16)
        // The run went back.
        counters.note(record(epoch: 1, step: 3, seconds: 0.5), sampleCount: 16)
        #expect(abs(counters.stepDurations.seconds - (0.3 + 0.1 + 0.2 + 0.5)) < 1e-9)
        #expect(counters.stepCount == 4 && counters.sampleCount == 96)
    }

    @Test func `knows no name twice, and begins each with whose it is`() {
        var counters = RunCounters()
        counters.note(record(epoch: 0, step: 1, seconds: 0.3), sampleCount: 32)
        let names = counters.metrics(epochCount: 5).map(\.name)
        #expect(Set(names).count == names.count && names.count > 20)
        #expect(names.allSatisfy { $0.hasPrefix("lockstep_") })
        counters.workers.standbyCount = 3
        counters.workers.are(2)
        #expect(counters.workers.standbyCount == 2 && counters.workers.computingCount == 0)
    }
}
