import Foundation
import TestTools
import Testing

/// What real processes answer to those who ask how they do.
@Suite(.serialized) struct HealthEndToEndTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 640,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
    }

    /// The status line and the body; nil while nobody listens.
    private func ask(_ port: UInt16, _ path: String) -> String? {
        let script = """
            exec 3<>/dev/tcp/127.0.0.1/\(port)
            printf 'GET \(path) HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3
            tr -d '\\r' <&3 | sed -n '1p;$p'
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script]
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return nil }
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    @Test func `a worker is ready while it takes part, and alive as long as it looks`() throws {
        let (address, port) = ("tcp://127.0.0.1:\(try freePort())", try freePort())
        let worker = try Program(
            ["worker", "--connect", address],
            in: folder.url,
            environment: ["LOCKSTEP_HEALTH": "127.0.0.1:\(port)"]
        )
        defer {
            worker.signal(SIGKILL)
            _ = worker.wait()
        }
        #expect(eventually { ask(port, "/healthz") == "HTTP/1.1 200 OK\nalive\n" })
        #expect(
            eventually {
                ask(port, "/readyz")
                    == "HTTP/1.1 503 Service Unavailable\nlooking for a coordinator at \(address)\n"
            }
        )
        let coordinatorPort = try freePort()
        let coordinator = try Program(
            [
                "coordinator", "--bind", address, "--dataset", "data", "--epochs", "10000",
                "--run-dir", "R", "--health", "127.0.0.1:\(coordinatorPort)",
            ],
            in: folder.url
        )
        #expect(eventually { ask(port, "/readyz") == "HTTP/1.1 200 OK\ncomputing for a run\n" })
        #expect(
            ask(coordinatorPort, "/readyz") == "HTTP/1.1 200 OK\nlistening on \(address)\n"
        )
        coordinator.signal(SIGKILL)
        _ = coordinator.wait()
        #expect(
            eventually { ask(port, "/readyz")?.hasPrefix("HTTP/1.1 503") ?? false },
            "\(worker.errors)"
        )
        #expect(ask(port, "/healthz") == "HTTP/1.1 200 OK\nalive\n")
    }

    @Test func `refuses an address that it cannot have`() throws {
        let port = try freePort()
        let first = try Program(
            ["worker", "--connect", "tcp://127.0.0.1:1", "--health", "127.0.0.1:\(port)"],
            in: folder.url
        )
        #expect(eventually { ask(port, "/healthz") != nil })
        for (arguments, status, fragment) in [
            (["--health", "127.0.0.1:\(port)"], 1, "Address already in use"),
            (["--health", "nowhere"], 2, "write 127.0.0.1:8080"),
            (["--health", "127.0.0.1:0", "--processes", "2"], 2, "a --health of its own"),
        ] as [([String], Int32, String)] {
            let result = try Program.run(
                ["worker", "--connect", "tcp://127.0.0.1:1"] + arguments,
                in: folder.url
            )
            #expect(result.status == status, "\(result.errors)")
            #expect(result.errors.contains(fragment), "\(result.errors)")
        }
        first.signal(SIGTERM)
        #expect(first.wait().status == 143)
    }
}
