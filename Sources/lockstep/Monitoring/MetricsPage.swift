import Hosting
import Reporting
import TrainingProtocol
import WebServer

/// `/metrics`: what Prometheus asks for.
struct MetricsPage: HTTPResponder {
    let health: Health
    /// The run's, of a coordinator; nil for a worker.
    var board: RunBoard?

    func answer(to request: HTTPRequest) -> HTTPAnswer? {
        guard request.path == "/metrics" else { return nil }
        let text = (run + program + process).map(\.text).joined()
        return HTTPAnswer(type: prometheusContentType, text)
    }

    private var run: [MetricFamily] {
        guard let board else { return [] }
        let notes = board.look()
        return notes.counters.metrics(epochCount: notes.plan?.schedule.epochCount ?? 0)
    }

    private var program: [MetricFamily] {
        let labels = [("version", VersionCommand.version), ("commit", VersionCommand.commit)]
        return [
            MetricFamily("lockstep_build_info", .gauge, "The version that runs.").with(1, labels),
            MetricFamily("lockstep_ready", .gauge, "Whether it does what it was started for.")
                .with(health.readiness().isGood ? 1 : 0),
            MetricFamily("lockstep_alive", .gauge, "Whether its loop turns.")
                .with(health.liveness().isGood ? 1 : 0),
        ]
    }

    private var process: [MetricFamily] {
        guard let usage = ProcessUsage() else { return [] }
        return [
            MetricFamily(
                "process_cpu_seconds_total",
                .counter,
                "Total user and system CPU time spent in seconds."
            ).with(usage.processorSeconds),
            MetricFamily(
                "process_resident_memory_bytes",
                .gauge,
                "Resident memory size in bytes."
            ).with(usage.residentSize),
            MetricFamily("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.")
                .with(usage.virtualSize),
            MetricFamily("process_open_fds", .gauge, "Number of open file descriptors.")
                .with(usage.openFileCount),
            MetricFamily("process_max_fds", .gauge, "Maximum number of open file descriptors.")
                .with(usage.openFileCountMax),
            MetricFamily(
                "process_start_time_seconds",
                .gauge,
                "Start time of the process since unix epoch in seconds."
            ).with(usage.startTime),
        ]
    }
}
