import Foundation
import Testing

@testable import Checkpoints

/// The Python that has the packages to compare with, or nil when there is none.
private enum PeerPython {
    private static let environment = ProcessInfo.processInfo.environment

    /// `LOCKSTEP_PEER_PYTHON`, else the virtual environment `.build-peers/venv` of this package.
    static let path: String? = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path =
            environment["LOCKSTEP_PEER_PYTHON"]
            ?? root.appendingPathComponent(".build-peers/venv/bin/python3").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    /// Whether the tests run: where `LOCKSTEP_REQUIRE_PEERS` is 1 they do without a Python too,
    /// and fail.
    static let isWanted = path != nil || environment["LOCKSTEP_REQUIRE_PEERS"] == "1"
}

@Suite(
    .enabled(
        if: PeerPython.isWanted,
        "needs Python with safetensors and numpy in .build-peers/venv or LOCKSTEP_PEER_PYTHON"
    )
)
struct PythonPackageTests {
    private struct Description: Decodable {
        struct Tensor: Decodable, Equatable {
            let shape: [Int]
            let dtype: String
            let sha256: String
        }
        let metadata: [String: String]
        let tensors: [String: Tensor]
    }

    private func run(_ arguments: [String]) throws -> Data {
        let python = try #require(
            PeerPython.path,
            "LOCKSTEP_REQUIRE_PEERS is set, but there is no Python to compare with"
        )
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("read_with_safetensors.py").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return data
    }

    private func expected(
        _ values: [Float],
        prefix: String
    ) -> [String: Description.Tensor] {
        values.withUnsafeBytes { raw in
            Dictionary(
                uniqueKeysWithValues: modelTable.views(of: raw, prefix: prefix).map { view in
                    (
                        view.name,
                        Description.Tensor(
                            shape: view.shape,
                            dtype: "float32",
                            sha256: Digest.sha256(of: view.bytes).description
                        )
                    )
                }
            )
        }
    }

    @Test func `Python reads our checkpoints and models`() throws {
        let folder = try TemporaryFolder()
        let checkpoint = sample(step: 7, table: modelTable)
        let store = CheckpointStore(folder: folder.path, keepCount: 1, table: modelTable)
        let checkpointPath = try store.save(checkpoint).path
        let modelPath = folder.path + "/model.safetensors"
        try checkpoint.withBuffers { parameters, _, _ in
            try ModelFile.write(
                path: modelPath,
                parameters: parameters,
                table: modelTable,
                metadata: ["scale": "1/255"]
            )
        }
        let descriptions = try JSONDecoder().decode(
            [String: Description].self,
            from: try run([checkpointPath, modelPath])
        )
        let parameters = expected(checkpoint.parameters, prefix: "")
        let moments = expected(checkpoint.firstMoment, prefix: "adam.firstMoment.").merging(
            expected(checkpoint.secondMoment, prefix: "adam.secondMoment.")
        ) { first, _ in first }
        let model = try #require(descriptions[modelPath])
        #expect(model.tensors == parameters)
        #expect(model.metadata["scale"] == "1/255")
        let read = try #require(descriptions[checkpointPath])
        #expect(read.tensors == parameters.merging(moments) { first, _ in first })
        #expect(read.metadata["step"] == "7")
        #expect(read.metadata["runID"] == checkpoint.metadata.runID)
        #expect(
            read.metadata["digest"]
                == checkpoint.parameters.withUnsafeBytes(Digest.sha256).description
        )
    }

    @Test func `we read what Python writes, in whatever order it has`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/python.safetensors"
        let shapes = Dictionary(
            uniqueKeysWithValues: modelTable.entries.map { ($0.name, $0.shape) }
        )
        let specification = String(
            decoding: try JSONEncoder().encode(shapes),
            as: UTF8.self
        )
        _ = try run(["--write", path, specification])
        let model = try ModelFile.read(path: path, table: modelTable)
        let expected = modelTable.entries.flatMap { entry in
            (0..<entry.elementCount).map { Float($0) / 8 - 1 }
        }
        #expect(model.parameters == expected)
        #expect(model.metadata == ["writer": "python"])
    }
}
