import Foundation
import Kernels
import TestTools
import Testing

/// Whether a program of Debian's qemu-user is here; where peers are required, its tests run and
/// fail without. It has no room for what sanitizers map.
private let emulatesProcessors =
    Sanitizer.patience == 1
    && (FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-x86_64")
        || ProcessInfo.processInfo.environment["LOCKSTEP_REQUIRE_PEERS"] == "1")

/// One binary on every CPU, and the same bits on each.
@Suite(.serialized) struct ProcessorTests {
    private let folder: TemporaryFolder
    private let dataset: URL

    init() throws {
        folder = try TemporaryFolder()
        dataset = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 300, testCount: 50, into: dataset)
    }

    private var arguments: [String] { ["--dataset", dataset.path, "--epochs", "1"] }

    private func digest(kernels: String) throws -> String {
        let result = try Program.run(
            ["train", "--workers", "2"] + arguments,
            in: folder.url,
            environment: ["LOCKSTEP_KERNELS": kernels]
        )
        return try #require(result.digest, "\(kernels): \(result.errors)")
    }

    @Test func `trains the same model with every set of kernels that this CPU runs`() throws {
        let names = KernelSet.runnable.map(\.name)
        try #require(!names.isEmpty)
        let digests = try names.map { try digest(kernels: $0) }
        #expect(Set(digests).count == 1, "\(names): \(digests)")
    }

    @Test(.enabled(if: emulatesProcessors, "needs Debian's qemu-user, and no sanitizer"))
    func `trains the same model on a CPU without AVX-512`() throws {
        let expected = try digest(kernels: KernelSet.runnable[0].name)
        let address = "tcp://127.0.0.1:\(try freePort())"
        let coordinator = try Program(
            ["coordinator", "--bind", address] + arguments,
            in: folder.url,
            emulating: "Haswell"
        )
        let worker = try Program(
            ["worker", "--connect", address],
            in: folder.url,
            emulating: "Haswell"
        )
        let result = coordinator.wait()
        #expect(result.digest == expected, "\(result.errors)")
        #expect(worker.wait().errors.contains("computing with avx2"))
    }

    @Test(.enabled(if: emulatesProcessors, "needs Debian's qemu-user, and no sanitizer"))
    func `computes the same bits with every kernel on a CPU without AVX-512`() throws {
        let arguments = ["bench", "kernels", "--short"]
        let native = try Program.run(
            arguments,
            in: folder.url,
            environment: ["LOCKSTEP_KERNELS": "avx2"]
        )
        let emulated = try Program(arguments, in: folder.url, emulating: "Haswell").wait()
        #expect(emulated.output.contains("no AVX-512"), "\(emulated.output) \(emulated.errors)")
        let hashes = [native, emulated].map { result in
            result.output.matches(of: /[0-9a-f]{16}$/.anchorsMatchLineEndings()).map { $0.output }
        }
        #expect(hashes[0].count > 20)
        #expect(hashes[0] == hashes[1])
    }

    @Test(.enabled(if: emulatesProcessors, "needs Debian's qemu-user, and no sanitizer"))
    func `says in one sentence that a CPU without AVX2 will not do`() throws {
        let result = try Program(
            ["worker", "--connect", "tcp://127.0.0.1:1"],
            in: folder.url,
            emulating: "Nehalem"
        ).wait()
        #expect(result.status == 1)
        let sentences = result.errors.split(separator: "\n").filter { !$0.hasPrefix("qemu") }
        #expect(sentences.count == 1, "\(result.errors)")
        #expect(sentences.first?.contains("neither AVX-512 nor AVX2") == true, "\(result.errors)")
    }

    @Test func `refuses kernels that nobody knows`() throws {
        let result = try Program.run(
            ["worker", "--connect", "tcp://127.0.0.1:1"],
            in: folder.url,
            environment: ["LOCKSTEP_KERNELS": "sse9"]
        )
        #expect(result.status == 2)
        #expect(result.errors.contains("sse9"), "\(result.errors)")
    }
}
