import Foundation
import Model
import SwiftProtobuf

/// Strings operations together, each of which takes what the one before it gives.
struct GraphBuilder {
    /// The name of the graph's input.
    static let inputName = "pixels"
    /// The name of its output.
    static let outputName = "probabilities"

    private var graph = Onnx_Graph()
    /// What the next operation takes.
    private var value = inputName

    /// Begins a graph.
    ///
    /// - Parameter batchSize: images at a time; nil leaves that open, under the name `N`.
    init(batchSize: Int?, network: LeNet) {
        let batch = Onnx_Dimension.with {
            $0.size = batchSize.map { .value(Int64($0)) } ?? .symbol("N")
        }
        let side = LeNet.imageSide
        graph.name = "LeNet-5"
        graph.inputs = [Self.floats(Self.inputName, [1, side, side], behind: batch)]
        graph.outputs = [Self.floats(Self.outputName, [network.classCount], behind: batch)]
    }

    private static func floats(
        _ name: String,
        _ shape: [Int],
        behind batch: Onnx_Dimension
    ) -> Onnx_ValueInfo {
        .with {
            $0.name = name
            $0.type.tensorType.elemType = .float
            $0.type.tensorType.shape.dim =
                [batch] + shape.map { size in .with { $0.value = Int64(size) } }
        }
    }

    /// Makes the network's input of an image: its scale, and where it is not padded its size.
    mutating func bringIn(by transform: InputTransform) {
        if transform.scale == .unit {
            append("Mul", "scale", and: [constant("scale.factor", [], [1 / 255])])
        }
        if transform.geometry == .resize {
            let factor = Float(LeNet.inputSide) / Float(LeNet.imageSide)
            // The empty name stands for a region of interest, which this way of resizing has not.
            let factors = constant("resize.factors", [4], [1, 1, factor, factor])
            append(
                "Resize",
                "resize",
                and: ["", factors],
                [
                    Self.text("coordinate_transformation_mode", "half_pixel"),
                    Self.text("mode", "linear"),
                ]
            )
        }
    }

    /// Appends a layer of the network.
    ///
    /// - Parameters:
    ///   - padding: zeros on each side of what a convolution takes.
    ///   - parameters: those of the whole network, flat.
    mutating func append(_ layer: Layer, padding: Int, parameters: [Float]) {
        let tensors = layer.tensors.map { tensor in
            constant(tensor.name, tensor.shape, parameters[tensor.range])
        }
        switch layer.operation {
        case .convolution(let title, _):
            let side = layer.tensors[0].shape[2]
            append(
                "Conv",
                title,
                and: tensors,
                [
                    Self.numbers("kernel_shape", [side, side]),
                    Self.numbers("pads", [padding, padding, padding, padding]),
                    Self.numbers("strides", [1, 1]),
                ]
            )
            append("Relu", title + ".relu")
        case .maxPool:
            let side = layer.inputShape[0] / layer.outputShape[0]
            append(
                "MaxPool",
                "pool\(layer.outputShape[2])",
                [
                    Self.numbers("kernel_shape", [side, side]),
                    Self.numbers("strides", [side, side]),
                ]
            )
        case .flatten:
            append("Flatten", "flatten", [Self.number("axis", 1)])
        case .dense(let title, _, let activation):
            append("Gemm", title, and: tensors, [Self.number("transB", 1)])
            switch activation {
            case .rectifier: append("Relu", title + ".relu")
            case .softmax: append("Softmax", title + ".softmax", [Self.number("axis", 1)])
            }
        }
    }

    /// The graph, whose output is what the last operation gives.
    consuming func finished() -> Onnx_Graph {
        graph.operations[graph.operations.count - 1].outputs = [Self.outputName]
        return graph
    }

    private mutating func append(
        _ type: String,
        _ name: String,
        and constants: [String] = [],
        _ attributes: [Onnx_Attribute] = []
    ) {
        let taken = value
        value = name
        graph.operations.append(
            .with {
                $0.type = type
                $0.name = name
                $0.inputs = [taken] + constants
                $0.outputs = [name]
                $0.attributes = attributes
            }
        )
    }

    /// Adds a tensor of fixed numbers and answers its name.
    private mutating func constant(
        _ name: String,
        _ shape: [Int],
        _ values: some Collection<Float>
    ) -> String {
        let bytes = values.flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
        graph.initializers.append(
            .with {
                $0.name = name
                $0.dims = shape.map(Int64.init)
                $0.dataType = .float
                $0.rawData = Data(bytes)
            }
        )
        return name
    }

    private static func number(_ name: String, _ value: Int) -> Onnx_Attribute {
        .with { ($0.name, $0.kind, $0.i) = (name, .int, Int64(value)) }
    }

    private static func numbers(_ name: String, _ values: [Int]) -> Onnx_Attribute {
        .with { ($0.name, $0.kind, $0.ints) = (name, .ints, values.map(Int64.init)) }
    }

    private static func text(_ name: String, _ value: String) -> Onnx_Attribute {
        .with { ($0.name, $0.kind, $0.s) = (name, .string, Data(value.utf8)) }
    }
}
