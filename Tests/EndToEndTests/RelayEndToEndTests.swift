import Foundation
import TestTools
import Testing

/// Real relays between a real coordinator and its workers.
@Suite(.serialized) struct RelayEndToEndTests {
    private let folder: TemporaryFolder
    private let dataset: URL

    init() throws {
        folder = try TemporaryFolder()
        dataset = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 900, testCount: 200, into: dataset)
    }

    private func run(epochs: Int, _ arguments: [String]) -> [String] {
        ["--dataset", dataset.path, "--epochs", "\(epochs)", "--batch-size", "128"] + arguments
    }

    private func start(_ arguments: [String]) throws -> Program {
        try Program(arguments, in: folder.url)
    }

    private func startRelay(to coordinator: String, at address: String) throws -> Program {
        try start(["relay", "--connect", coordinator, "--bind", address])
    }

    @Test func `trains the same model through relays, and ends them and their workers`() throws {
        let train = try Program.run(["train"] + run(epochs: 2, ["--workers", "2"]), in: folder.url)
        let expected = try #require(train.digest, "\(train.errors)")
        let addresses = try (0..<3).map { _ in "tcp://127.0.0.1:\(try freePort())" }
        let relays = try addresses.dropFirst().map { try startRelay(to: addresses[0], at: $0) }
        let workers = try [1, 1, 2].map { try start(["worker", "--connect", addresses[$0]]) }
        let coordinator = try start(
            ["coordinator", "--bind", addresses[0]] + run(epochs: 2, ["--workers", "2"])
        )
        let result = coordinator.wait()
        #expect(result.digest == expected, "\(result.errors)")
        for program in relays + workers {
            let end = program.wait()
            #expect(end.status == 0, "\(end.errors)")
        }
    }

    @Test func `trains the same model though a relay is killed`() throws {
        let epochs = run(epochs: 20, [])
        let train = try Program.run(["train", "--workers", "2"] + epochs, in: folder.url)
        let expected = try #require(train.digest, "\(train.errors)")
        let addresses = try (0..<3).map { _ in "tcp://127.0.0.1:\(try freePort())" }
        let relays = try addresses.dropFirst().map { try startRelay(to: addresses[0], at: $0) }
        let workers = try [1, 2].map { try start(["worker", "--connect", addresses[$0]]) }
        let coordinator = try start(
            ["coordinator", "--bind", addresses[0], "--workers", "2"] + epochs
        )
        #expect(eventually { coordinator.output.contains("epoch 2/") }, "\(coordinator.errors)")
        kill(relays[0].identifier, SIGKILL)
        let result = coordinator.wait()
        #expect(result.digest == expected, "\(result.errors)")
        #expect(workers[1].wait().status == 0)
        kill(workers[0].identifier, SIGTERM)
        _ = workers[0].wait()
        #expect(relays[1].wait().status == 0)
    }
}
