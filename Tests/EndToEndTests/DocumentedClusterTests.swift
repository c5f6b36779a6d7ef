import Foundation
import TestTools
import Testing

/// The commands that start a run by hand, as the documentation shows them.
struct DocumentedClusterTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 320,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
    }

    /// The lines that have this text, for this machine and a free port.
    private func script(with text: String, port: UInt16) throws -> String {
        let article = try Document(path: "\(Document.catalogue)/Clusters.md")
        let block = try #require(
            article.blocks.first { $0.lines.contains { $0.contains(text) } }
        )
        return block.lines.joined(separator: "\n")
            .replacing("5555", with: "\(port)")
            .replacing("COORDINATOR", with: "127.0.0.1")
            // A worker a core would be one alone on a machine of one core.
            .replacing("--processes auto", with: "--processes 2")
    }

    private func start(_ script: String) throws -> Program {
        try Program(
            [],
            in: folder.url,
            environment: ["LOCKSTEP_DATASET": folder.url.appending(path: "data").path],
            through: ["bash", "-euo", "pipefail", "-c", "lockstep() { \"$0\" \"$@\"; }\n" + script]
        )
    }

    @Test func `trains with a coordinator and workers that are started by hand`() throws {
        let port = try freePort()
        let coordinator = try start(try script(with: "keys new keys", port: port))
        let key = folder.url.appending(path: "keys/worker-1.key")
        try #require(eventually { FileManager.default.fileExists(atPath: key.path) })
        try FileManager.default.moveItem(
            at: key,
            to: folder.url.appending(path: "worker-1.key")
        )
        let workers = try start(try script(with: "--key worker-1.key", port: port))
        let result = coordinator.wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.digest != nil)
        #expect(workers.wait().status == 0, "\(workers.errors)")
    }
}
