import Checkpoints
import Foundation
import Kernels
import MNIST
import Model
import ONNX
import TestTools
import Testing
import Training

/// A trained model in other programs: the probabilities of all 10,000 test images are ours.
@Suite(.enabled(if: PeerPython.isWanted, "\(PeerPython.wish)"), .serialized) struct ExportTests {
    private let folder: TemporaryFolder
    private let images: [[UInt8]]
    private let kernels: KernelSet

    init() throws {
        folder = try TemporaryFolder()
        kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let test = try MNISTDataset.loadTest(directory: nil)
        images = (0..<test.count).map { test.image(at: $0) }
        try Data(images.joined()).write(to: folder.url.appending(path: "images"))
    }

    /// What a model's file says of itself.
    private struct Description: Decodable {
        var irVersion: Int
        var opset: Int
        var batch: [String]
        var last: String
        var card: [String: String]
    }

    /// A model after some steps, which no longer takes all digits for the same.
    private func trained(_ transform: InputTransform) throws -> ParameterBuffer {
        try ReferenceRun(transform: transform, seed: 1, stepCount: 300).trained
    }

    /// The largest difference between our probabilities and those that a program has left.
    private func difference(_ name: String, from ours: [Float]) throws -> Float {
        let data = try Data(contentsOf: folder.url.appending(path: name))
        try #require(data.count == 4 * ours.count, "\(name)")
        let theirs = data.withUnsafeBytes { raw in
            (0..<ours.count).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        // A not-a-number compares with nothing, so it would pass for the smallest.
        return zip(ours, theirs).reduce(0) {
            $1.0.isFinite && $1.1.isFinite ? max($0, abs($1.0 - $1.1)) : .infinity
        }
    }

    @Test
    func `ONNX's checker accepts our models, and three programs compute what we do`() throws {
        var ours: [String: [Float]] = [:]
        for (geometry, scale) in [("pad", "unit"), ("pad", "none"), ("resize", "unit")] {
            let transform = try #require(InputTransform(geometry: geometry, scale: scale))
            let parameters = try trained(transform)
            let rows = Evaluation(kernels: kernels, transform: transform)
                .probabilities(parameters, images: images)
            for batchSize in [nil, 1] where batchSize == nil || scale == "unit" {
                let name = "\(geometry)-\(scale)-\(batchSize.map { "\($0)" } ?? "N").onnx"
                ours[name] = rows.flatMap { $0 }
                let model = ONNXModel(
                    classNames: (0...9).map { "\($0)" },
                    parameters: Array(parameters.floats),
                    transform: transform,
                    batchSize: batchSize,
                    producerVersion: "1.2.3",
                    card: ["test_accuracy": "0.97", "dataset": "MNIST"]
                )
                try Data(model.encoded()).write(to: folder.url.appending(path: name))
            }
        }
        let described = try JSONDecoder().decode(
            [String: Description].self,
            from: try PeerPython.run("read_with_others.py", [folder.path])
        )
        #expect(Set(described.keys) == Set(ours.keys))
        for (name, probabilities) in ours {
            let description = try #require(described[name])
            let batch = name.hasSuffix("-N.onnx") ? "N" : "1"
            #expect(description.irVersion == 7 && description.opset == 13)
            #expect(description.batch == [batch, batch])
            #expect(description.last == "Softmax")
            #expect(description.card == ["test_accuracy": "0.97", "dataset": "MNIST"])
            for program in ["onnxruntime", "opencv", "openvino"] {
                let difference = try difference("\(name).\(program)", from: probabilities)
                #expect(difference <= 1e-5, "\(name) in \(program)")
            }
        }
    }

    @Test func `PyTorch and Keras load model.safetensors with the documentation's lines`() throws {
        let parameters = try trained(InputTransform())
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "R"),
            withIntermediateDirectories: true
        )
        try ModelFile.write(
            path: folder.path + "/R/model.safetensors",
            parameters: UnsafeRawBufferPointer(parameters.bytes),
            table: RunBuilder.table(of: .digits),
            metadata: [:]
        )
        let article = Document.root.appending(path: "\(Document.catalogue)/Models.md")
        _ = try PeerPython.run("run_documentation.py", [article.path, folder.path])
        let ours = Evaluation(kernels: kernels, transform: InputTransform())
            .probabilities(parameters, images: images).flatMap { $0 }
        for program in ["pytorch", "keras"] {
            let difference = try difference(program, from: ours)
            #expect(difference <= 1e-5, "\(program)")
        }
    }
}
