import Foundation
import TestTools
import Testing

/// What processes tell Prometheus.
@Suite(.serialized) struct MetricsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 640,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A run that goes on until it is killed.
    private func run(_ port: UInt16) throws -> Program {
        try Program(
            [
                "train", "--workers", "2", "--dataset", "data", "--epochs", "100000", "--run-dir",
                "R", "--health", "127.0.0.1:\(port)",
            ],
            in: folder.url
        )
    }

    /// The samples of a page of metrics, by name and labels.
    private func samples(_ page: String) -> [String: Double] {
        let lines = page.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let pairs = lines.compactMap { line -> (String, Double)? in
            // Labels may have spaces in them.
            guard let space = line.lastIndex(of: " ") else { return nil }
            return Double(line[line.index(after: space)...]).map { (String(line[..<space]), $0) }
        }
        return Dictionary(pairs) { $1 }
    }

    @Test func `counts what a run does, and has every metric of Grafana's dashboard`() throws {
        let port = try freePort()
        let program = try run(port)
        defer {
            program.signalGroup(SIGKILL)
            _ = program.wait()
        }
        var page = ""
        #expect(
            eventually {
                page = httpAnswer(port, "/metrics") ?? ""
                return page.contains("lockstep_val_loss")
            },
            "\(program.errors)"
        )
        #expect(page.contains("\nContent-Type: text/plain; version=0.0.4; charset=utf-8\n"))
        let samples = samples(page)
        let steps = try #require(samples["lockstep_steps_total"])
        #expect(steps > 0 && samples["lockstep_step_duration_seconds_count"] == steps)
        #expect(samples["lockstep_step_duration_seconds_bucket{le=\"+Inf\"}"] == steps)
        #expect(samples["lockstep_run_steps"] == steps)
        // 576 samples in 18 steps.
        let sampleCount = try #require(samples["lockstep_samples_total"])
        #expect(sampleCount == steps * 32)
        #expect(samples["lockstep_workers{state=\"computing\"}"] == 2)
        #expect(samples["lockstep_workers_joined_total"] == 2)
        #expect(samples["lockstep_epochs"] == 100_000 && samples["lockstep_ready"] == 1)
        for name in [
            "lockstep_sent_bytes_total", "lockstep_received_bytes_total",
            "lockstep_messages_total", "lockstep_leases_total",
            "process_cpu_seconds_total", "process_resident_memory_bytes",
        ] { #expect(samples[name] ?? 0 > 0, "\(name)") }
        let names = Set(samples.keys.map { String($0.prefix { $0 != "{" }) })
        let dashboard = try String(
            contentsOf: Self.root.appending(path: "Deploy/grafana/lockstep.json"),
            encoding: .utf8
        )
        _ = try JSONSerialization.jsonObject(with: Data(dashboard.utf8))
        let named = dashboard.matches(of: /\b(lockstep|process)_[a-z_]+/).map {
            String($0.output.0)
        }
        #expect(Set(named).count > 25)
        for name in Set(named) { #expect(names.contains(name), "\(name) is in no /metrics") }
        // A worker that is lost, and another in its place.
        let worker = try #require(processes(with: ["--exit-on-stdin-eof"], in: folder.url).first)
        kill(worker, SIGKILL)
        #expect(
            eventually {
                let samples = self.samples(httpAnswer(port, "/metrics") ?? "")
                return samples["lockstep_workers_lost_total{reason=\"disconnected\"}"] == 1
                    && samples["lockstep_workers_joined_total"] == 3
            }
        )
    }

    @Test func `a worker tells of itself`() throws {
        let port = try freePort()
        let worker = try Program(
            ["worker", "--connect", "tcp://127.0.0.1:1", "--health", "127.0.0.1:\(port)"],
            in: folder.url
        )
        defer {
            worker.signal(SIGKILL)
            _ = worker.wait()
        }
        var page = ""
        #expect(
            eventually {
                page = httpAnswer(port, "/metrics") ?? ""
                return !page.isEmpty
            }
        )
        let samples = samples(page)
        #expect(samples["lockstep_ready"] == 0 && samples["lockstep_alive"] == 1)
        #expect(samples["process_open_fds"] ?? 0 > 3)
        #expect(samples["lockstep_steps_total"] == nil)
        // A page of elsewhere that calls itself otherwise sees no more than that it is alive.
        #expect(httpAnswer(port, "/")?.hasPrefix("HTTP/1.1 404") == true)
    }

    @Test(.enabled(if: PeerPython.isWanted, "\(PeerPython.wish)"))
    func `a real Prometheus takes the metrics, and promtool finds no fault`() throws {
        let port = try freePort()
        let program = try run(port)
        defer {
            program.signalGroup(SIGKILL)
            _ = program.wait()
        }
        #expect(
            eventually { httpAnswer(port, "/metrics")?.contains("lockstep_val_loss") == true },
            "\(program.errors)"
        )
        let queries = [
            "lockstep_steps_total > 0", "sum(lockstep_workers)", "up == 1",
            "histogram_quantile(0.5, rate(lockstep_step_duration_seconds_bucket[20s])) > 0",
            "rate(process_cpu_seconds_total[20s]) > 0",
        ]
        struct Found: Decodable {
            let type: String
            let status: Int
            let complaints: String
            let answers: [String: [[Answer]]]
        }
        enum Answer: Decodable {
            case labels([String: String])
            case number(Double)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Double.self) {
                    self = .number(number)
                } else {
                    self = .labels(try container.decode([String: String].self))
                }
            }
        }
        let programs = Self.root.appending(path: ".build-peers/prometheus/usr/bin").path
        let data = try PeerPython.run(
            "scrape_with_prometheus.py",
            [programs, "\(port)", folder.url.path] + queries
        )
        let found = try JSONDecoder().decode(Found.self, from: data)
        #expect(found.status == 0 && found.complaints.isEmpty, "\(found.complaints)")
        for query in queries { #expect(found.answers[query]?.count == 1, "\(query)") }
        guard case .number(2)? = found.answers["sum(lockstep_workers)"]?.first?.last else {
            Issue.record("\(found.answers)")
            return
        }
    }
}
