import Foundation
import TestTools
import Testing

/// The claim, with real processes over real sockets: the same parameters whatever the number of
/// workers.
@Suite(.serialized) struct ExactnessTests {
    private let folder: TemporaryFolder
    private let dataset: URL

    init() throws {
        folder = try TemporaryFolder()
        dataset = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 900, testCount: 200, into: dataset)
    }

    private func digest(of arguments: [String]) throws -> String {
        let result = try Program.run(
            ["train", "--dataset", dataset.path, "--epochs", "2"] + arguments,
            in: folder.url
        )
        try #require(result.status == 0, "\(result.errors)")
        return try #require(result.digest, "\(result.output)")
    }

    @Test(arguments: [32, 128])
    func `trains the same model with one to four workers, and twice alike`(
        batchSize: Int
    ) throws {
        let batch = ["--batch-size", "\(batchSize)"]
        let expected = try digest(of: batch + ["--workers", "1"])
        for workerCount in [1, 2, 3, 4] {
            let found = try digest(of: batch + ["--workers", "\(workerCount)"])
            #expect(found == expected, "\(workerCount) workers at batch \(batchSize)")
        }
    }

    @Test func `trains another model from another seed, batch, rate, scale or fitting`() throws {
        let variations = [
            [], ["--seed", "2"], ["--batch-size", "48"], ["--learning-rate", "0.002"],
            ["--scale", "none"], ["--input", "resize"], ["--validation-split", "0.2"],
        ]
        let digests = try variations.map { try digest(of: ["--workers", "1"] + $0) }
        #expect(Set(digests).count == variations.count, "\(digests)")
    }

    @Test func `trains the same model with processes started by hand, in any order`() throws {
        let expected = try digest(of: ["--workers", "2"])
        let address = "tcp://127.0.0.1:\(try freePort())"
        let early = try Program(["worker", "--connect", address], in: folder.url)
        #expect(eventually { early.errors.contains("looking for a coordinator") })
        let coordinator = try Program(
            [
                "coordinator", "--bind", address, "--workers", "2", "--dataset", dataset.path,
                "--epochs", "2",
            ],
            in: folder.url
        )
        #expect(
            eventually { coordinator.errors.contains("1 of 2 has joined") },
            "\(coordinator.errors)"
        )
        let late = try Program(
            ["worker"],
            in: folder.url,
            environment: ["LOCKSTEP_CONNECT": address]
        )
        let result = coordinator.wait()
        #expect(result.digest == expected, "\(result.errors)")
        #expect(early.wait().status == 0)
        #expect(late.wait().status == 0)
    }

    private static let processorCount = ProcessInfo.processInfo.activeProcessorCount

    @Test(.enabled(if: processorCount > 1))
    func `says that spare workers wait, and what batch would use them`() throws {
        let result = try Program.run(
            [
                "train", "--dataset", dataset.path, "--epochs", "1", "--workers", "2",
                "--batch-size", "16",
            ],
            in: folder.url
        )
        #expect(result.status == 0)
        #expect(result.errors.contains("--batch-size 32"), "\(result.errors)")
    }

    @Test func `has no more workers compute than there are processors, and says so`() throws {
        let expected = try digest(of: ["--workers", "1"])
        let arguments = [
            "train", "--dataset", dataset.path, "--epochs", "2", "--workers",
            "\(Self.processorCount + 1)",
        ]
        let result = try Program.run(arguments, in: folder.url)
        #expect(result.digest == expected, "\(result.errors)")
        #expect(result.errors.contains("the other stands by"), "\(result.errors)")
    }
}
