import Foundation
import TestTools
import Testing

/// Who gets into a run and who does not, with real processes.
@Suite(.serialized) struct AdmissionTests {
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
        _ = try run("keys add K two")
        _ = try run("keys new other")
    }

    private func run(_ line: String) throws -> Program.Result {
        try Program.run(line.split(separator: " ").map(String.init), in: folder.url)
    }

    private func start(_ line: String) throws -> Program {
        try Program(line.split(separator: " ").map(String.init), in: folder.url)
    }

    private func coordinator(epochs: Int = 1) throws -> Program {
        try start("coordinator --bind \(address) --keys K --dataset data --epochs \(epochs)")
    }

    @Test func `trains the same model encrypted, and lets in nobody who is not listed`() throws {
        let plain = try run("train --workers 1 --dataset data --epochs 1")
        let coordinator = try coordinator()
        // A worker that looks for two seconds would not see a coordinator that starts slowly.
        #expect(eventually { coordinator.errors.contains("listening on") })
        let stranger = try start(
            "worker --connect \(address) --key other/worker-1.key --reconnect-for 2"
        )
        let unencrypted = try start("worker --connect \(address) --reconnect-for 2")
        #expect(unencrypted.wait().status == 1)
        let strange = stranger.wait()
        #expect(strange.status == 1)
        #expect(strange.errors.contains("before they are encrypted"), "\(strange.errors)")
        #expect(coordinator.isRunning)
        #expect(!coordinator.errors.contains("1 of 1 has joined"), "\(coordinator.errors)")
        let worker = try start("worker --connect \(address) --key K/worker-1.key")
        let result = coordinator.wait()
        #expect(result.digest != nil && result.digest == plain.digest, "\(result.errors)")
        #expect(worker.wait().status == 0)
    }

    @Test func `tells a worker whose coordinator does not list it`() throws {
        // Same coordinator, so that only the list can refuse.
        let copy = folder.url.appending(path: "copy.key")
        try FileManager.default.copyItem(
            at: folder.url.appending(path: "K/two.key"),
            to: copy
        )
        #expect(try run("keys revoke K two").status == 0)
        let coordinator = try coordinator()
        let worker = try start("worker --connect \(address) --key copy.key --reconnect-for 20")
        let result = worker.wait()
        #expect(result.status == 1)
        #expect(result.errors.contains("refused this worker's key"), "\(result.errors)")
        coordinator.signal(SIGTERM)
        _ = coordinator.wait()
    }

    @Test func `cuts a worker whose key has ended`() throws {
        let coordinator = try coordinator(epochs: 500)
        let worker = try start("worker --connect \(address) --key K/two.key --log-level warning")
        let metrics = { coordinator.output.split(separator: "\n").count }
        #expect(eventually { metrics() > 2 }, "\(coordinator.errors)")
        #expect(try run("keys revoke K two").status == 0)
        coordinator.signal(SIGHUP)
        #expect(eventually(within: .seconds(5)) { coordinator.errors.contains("workers on it: 1") })
        #expect(
            eventually { !worker.isRunning },
            "\(coordinator.errors)\(worker.errors)"
        )
        let result = worker.wait()
        #expect(result.status == 1)
        #expect(result.errors.contains("refused this worker's key"), "\(result.errors)")
        #expect(coordinator.errors.contains("; 0 now"), "\(coordinator.errors)")
        coordinator.signal(SIGTERM)
        _ = coordinator.wait()
    }

    @Test func `lets a worker without a key in by a token, once`() throws {
        let coordinator = try start(
            "coordinator --bind \(address) --keys K --dataset data --epochs 1 --workers 2 --invite 1"
        )
        #expect(eventually { coordinator.output.contains("<<<") }, "\(coordinator.errors)")
        let line = try #require(
            coordinator.output.split(separator: "\n").first { $0.contains("<<<") }
        )
        let token = String(try #require(line.split(separator: " ").last))
        #expect(!coordinator.errors.contains(token))
        let file = folder.url.appending(path: "token")
        try Data((token + "\n").utf8).write(to: file)
        let exposed = try run("worker --connect \(address) --join token")
        #expect(exposed.status == 1 && exposed.errors.contains("chmod 600"), "\(exposed.errors)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: file.path
        )
        let loud = try run("worker --connect \(address) --join \(token)")
        #expect(loud.status == 2 && loud.errors.contains("standard input"), "\(loud.errors)")
        #expect(!loud.errors.contains(token))
        let first = try start("worker --connect \(address) --join token --key first.key")
        #expect(eventually { coordinator.errors.contains("joined; 1 now") })
        #expect(try run("keys list K").output.contains("joined-1 "))
        let second = try run("worker --connect \(address) --join token --key second.key")
        #expect(second.status == 1, "\(second.errors)")
        #expect(second.errors.contains("have `lockstep coordinator --invite`"), "\(second.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/second.key"))
        let listed = try start("worker --connect \(address) --key first.key")
        #expect(coordinator.wait().digest != nil, "\(coordinator.errors)")
        for worker in [first, listed] { #expect(worker.wait().status == 0, "\(worker.errors)") }
    }

    @Test func `opens no door to other machines without keys`() throws {
        let refused = try run("coordinator --bind tcp://*:* --dataset data --run-dir never")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("lockstep keys new DIR"), "\(refused.errors)")
        let worker = try run("worker --connect tcp://192.0.2.1:5555")
        #expect(worker.status == 2)
        #expect(worker.errors.contains("--key"), "\(worker.errors)")
        let exposed = folder.url.appending(path: "K/worker-1.key").path
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: exposed)
        let loud = try run("worker --connect \(address) --key K/worker-1.key")
        #expect(loud.status == 1)
        #expect(loud.errors.contains("chmod 600"), "\(loud.errors)")
    }
}
