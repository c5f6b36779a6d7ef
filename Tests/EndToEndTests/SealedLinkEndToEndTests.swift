import Foundation
import TestTools
import Testing

/// Sealed payloads between real processes.
@Suite(.serialized) struct SealedLinkEndToEndTests {
    private let folder: TemporaryFolder
    private let address: String

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 900,
            testCount: 100,
            into: folder.url.appending(path: "data")
        )
        address = "tcp://127.0.0.1:\(try freePort())"
        _ = try run("keys new K")
    }

    private func run(_ line: String) throws -> Program.Result {
        try Program.run(line.split(separator: " ").map(String.init), in: folder.url)
    }

    private func start(_ line: String) throws -> Program {
        try Program(line.split(separator: " ").map(String.init), in: folder.url)
    }

    /// A coordinator that every worker, of this machine too, reaches by TCP alone.
    private func coordinator(_ options: String) throws -> Program {
        try start(
            "coordinator --bind \(address) --keys K --dataset data --no-shared-memory --run-dir run \(options)"
        )
    }

    private func worker() throws -> Program {
        try start("worker --connect \(address) --key K/worker-1.key")
    }

    /// How many messages of the run went sealed.
    private func sealedMessageCount() throws -> Int {
        let data = try Data(contentsOf: folder.url.appending(path: "run/summary.json"))
        let summary = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let profile = summary?["profile"] as? [String: Any]
        return try #require(profile?["sealedMessages"] as? Int)
    }

    @Test func `trains the same model sealed, and when a worker is killed meanwhile`() throws {
        let local = try run("train --workers 1 --dataset data --epochs 30")
        let port = try freePort()
        let coordinator = try coordinator("--epochs 30 --workers 2 --payload-port \(port)")
        let (first, second) = (try worker(), try worker())
        #expect(eventually { coordinator.output.contains("epoch 2/") }, "\(coordinator.errors)")
        #expect(coordinator.errors.contains("sealed payloads on port \(port)\n"))
        first.signal(SIGKILL)
        let third = try worker()
        let result = coordinator.wait()
        #expect(result.digest != nil && result.digest == local.digest, "\(result.errors)")
        _ = first.wait()
        for worker in [second, third] {
            let result = worker.wait()
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("port \(port)"), "\(result.errors)")
        }
        // Parameters to and gradients from, in each of 26 steps an epoch.
        #expect(try sealedMessageCount() > 2 * 26 * 29)
    }

    @Test func `trains the same model where no port is to be had`() throws {
        let local = try run("train --workers 1 --dataset data --epochs 1")
        let coordinator = try coordinator("--epochs 1 --payload-port none")
        let worker = try worker()
        let result = coordinator.wait()
        #expect(result.digest != nil && result.digest == local.digest, "\(result.errors)")
        #expect(!result.errors.contains("sealed"), "\(result.errors)")
        #expect(worker.wait().status == 0)
        #expect(try sealedMessageCount() == 0)
    }

    @Test func `refuses a port that is none, or that is in use`() throws {
        for port in ["0", "65536", "all"] {
            let result = try coordinator("--payload-port \(port)").wait()
            #expect(result.status == 2, "\(result.status)")
            #expect(result.errors.contains("auto or none"), "\(result.errors)")
        }
        let number = address.split(separator: ":").last!
        let result = try coordinator("--payload-port \(number)").wait()
        #expect(result.status == 1)
        #expect(result.errors.contains("in use"), "\(result.errors)")
    }

    @Test func `cuts a sealed link within a second of its key's end`() throws {
        _ = try run("keys add K two")
        let coordinator = try coordinator("--epochs 500")
        let worker = try start("worker --connect \(address) --key K/two.key")
        #expect(eventually { worker.errors.contains("payloads go sealed") }, "\(worker.errors)")
        #expect(try run("keys revoke K two").status == 0)
        coordinator.signal(SIGHUP)
        #expect(eventually(within: .seconds(5)) { coordinator.errors.contains("workers on it: 1") })
        #expect(eventually(within: .seconds(1)) { !worker.isRunning }, "\(worker.errors)")
        let result = worker.wait()
        #expect(result.errors.contains("refused this worker's key"), "\(result.errors)")
        #expect(coordinator.errors.contains("; 0 now"), "\(coordinator.errors)")
        coordinator.signal(SIGTERM)
        _ = coordinator.wait()
    }
}
