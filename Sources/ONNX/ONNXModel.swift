import Foundation
package import Model
import SwiftProtobuf

/// LeNet-5 with its parameters as an ONNX model: pixels in, probabilities out.
///
/// Its input has whole images of 28×28 pixels from 0 to 255 (`pixels`, [N, 1, 28, 28]): scaling and
/// bringing to 32×32 are operations of the graph, so that whoever runs it need not know how the
/// model was trained. Its output (`probabilities`, [N, C]) comes from a softmax.
package struct ONNXModel: Equatable, Sendable {
    /// The version of ONNX's operators that the graph is made of.
    package static let operatorSetVersion = 13
    /// The version of the file's layout; the first that has operators of version 13.
    package static let layoutVersion = 7

    /// Whose parameters they are.
    package var network: LeNet
    /// What the classes are called.
    package var classNames: [String]
    /// The parameters, flat, in the table's order.
    package var parameters: [Float]
    /// How images become the network's input.
    package var transform: InputTransform
    /// How many images it takes at a time; nil leaves that open.
    package var batchSize: Int?
    /// The version of this program.
    package var producerVersion: String
    /// What is known of the model beside its numbers.
    package var card: [String: String]

    /// Gathers what the file will hold.
    ///
    /// - Precondition: there are as many parameters as the network has.
    package init(
        network: LeNet = .digits,
        classNames: [String],
        parameters: [Float],
        transform: InputTransform,
        batchSize: Int?,
        producerVersion: String,
        card: [String: String]
    ) {
        precondition(
            parameters.count == network.parameterCount,
            "\(parameters.count) parameters where the network has \(network.parameterCount)"
        )
        self.network = network
        self.classNames = classNames
        self.parameters = parameters
        self.transform = transform
        self.batchSize = batchSize
        self.producerVersion = producerVersion
        self.card = card
    }

    /// The file's bytes; equal models have equal ones.
    package func encoded() -> [UInt8] {
        var file = Onnx_Model()
        file.irVersion = Int64(Self.layoutVersion)
        file.producerName = "lockstep"
        file.producerVersion = producerVersion
        file.docString =
            "LeNet-5. \(GraphBuilder.inputName): 28×28 gray images, 0 black to 255 white, the digit white on black. "
            + "\(GraphBuilder.outputName): of the classes \(classNames.joined(separator: ", "))."
        file.opsetImport = [.with { $0.version = Int64(Self.operatorSetVersion) }]
        file.graph = graph
        file.metadataProps = card.sorted { $0.key < $1.key }.map { key, value in
            .with { ($0.key, $0.value) = (key, value) }
        }
        do {
            return try file.serializedBytes()
        } catch {
            // Only text that is no UTF-8 or 2 GB of it would be refused.
            preconditionFailure(
                "a model of \(parameters.count) parameters did not encode: \(error)"
            )
        }
    }

    private var graph: Onnx_Graph {
        var builder = GraphBuilder(batchSize: batchSize, network: network)
        builder.bringIn(by: transform)
        let first = LeNet.convolutions.first
        for layer in network.layers {
            let padding = layer == first && transform.geometry == .pad ? Self.padding : 0
            builder.append(layer, padding: padding, parameters: parameters)
        }
        return builder.finished()
    }

    /// Pixels of zero on each side.
    private static let padding = (LeNet.inputSide - LeNet.imageSide) / 2
}
