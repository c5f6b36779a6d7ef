import Foundation
import Safetensors
import TestTools
import Testing

@testable import Checkpoints

@Suite(.enabled(if: PeerPython.isWanted, "\(PeerPython.wish)"))
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
        try PeerPython.run("read_with_safetensors.py", arguments)
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
        let moments = expected(
            checkpoint.slots["adam.firstMoment"] ?? [],
            prefix: "adam.firstMoment."
        ).merging(
            expected(checkpoint.slots["adam.secondMoment"] ?? [], prefix: "adam.secondMoment.")
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
