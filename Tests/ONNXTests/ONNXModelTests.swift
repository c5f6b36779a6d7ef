import Foundation
import Model
import SwiftProtobuf
import Testing

@testable import ONNX

/// The graph as the file has it; what other programs make of it is PeerTests' to see.
struct ONNXModelTests {
    private func graph(_ transform: InputTransform, batchSize: Int? = nil) throws -> Onnx_Model {
        let parameters = (0..<LeNet.digits.parameterCount).map { Float($0) }
        let model = ONNXModel(
            classNames: (0...9).map { "\($0)" },
            parameters: parameters,
            transform: transform,
            batchSize: batchSize,
            producerVersion: "1.2.3",
            card: ["steps": "7", "dataset": "MNIST"]
        )
        #expect(model.encoded() == model.encoded(), "equal models have equal files")
        return try Onnx_Model(serializedBytes: model.encoded())
    }

    private func transform(_ geometry: String, _ scale: String) throws -> InputTransform {
        try #require(InputTransform(geometry: geometry, scale: scale))
    }

    @Test func `says what it is, and leaves the count of images open`() throws {
        let model = try graph(InputTransform())
        #expect(model.irVersion == 7)
        #expect(model.opsetImport.map(\.version) == [13])
        #expect(model.producerVersion == "1.2.3")
        #expect(model.metadataProps.map(\.key) == ["dataset", "steps"])
        let shapes = (model.graph.inputs + model.graph.outputs).map { $0.type.tensorType.shape.dim }
        #expect(shapes.map { $0.map(\.value) } == [[0, 1, 28, 28], [0, 10]])
        #expect(shapes.map { $0[0].symbol } == ["N", "N"])
        let fixed = try graph(InputTransform(), batchSize: 4).graph.inputs[0]
        #expect(fixed.type.tensorType.shape.dim.map(\.value) == [4, 1, 28, 28])
    }

    @Test(arguments: [("pad", "unit"), ("pad", "none"), ("resize", "unit"), ("resize", "none")])
    func `brings pixels in as training did`(geometry: String, scale: String) throws {
        let graph = try graph(try transform(geometry, scale)).graph
        let types = graph.operations.map(\.type)
        let first = (scale == "unit" ? ["Mul"] : []) + (geometry == "resize" ? ["Resize"] : [])
        let layers = [
            "Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "Relu",
            "Gemm", "Relu", "Gemm", "Softmax",
        ]
        #expect(types == first + layers)
        let pads = graph.operations.filter { $0.type == "Conv" }.map { operation in
            operation.attributes.first { $0.name == "pads" }?.ints ?? []
        }
        let padding: Int64 = geometry == "pad" ? 2 : 0
        #expect(pads == [[Int64](repeating: padding, count: 4), [0, 0, 0, 0]])
        #expect(graph.operations.first?.inputs.first == "pixels")
        #expect(graph.operations.last?.outputs == ["probabilities"])
        for (operation, next) in zip(graph.operations, graph.operations.dropFirst()) {
            #expect(operation.outputs[0] == next.inputs[0])
        }
    }

    @Test func `holds every parameter once, under the table's names`() throws {
        let initializers = try graph(InputTransform()).graph.initializers
        let tensors = LeNet.digits.layers.flatMap(\.tensors)
        for tensor in tensors {
            let initializer = try #require(initializers.first { $0.name == tensor.name })
            #expect(initializer.dims == tensor.shape.map(Int64.init))
            let values = initializer.rawData.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: 4).map {
                    bytes.loadUnaligned(fromByteOffset: $0, as: Float.self)
                }
            }
            #expect(values == tensor.range.map { Float($0) })
        }
        let isConstant = initializers.count == tensors.count + 1
        #expect(isConstant, "beside them only the factor of the scale")
    }
}
