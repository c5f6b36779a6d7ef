import ArgumentParser
import Checkpoints
import Foundation
import MNIST
import ONNX

/// `lockstep export`: a model in the form that other programs run.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model as an ONNX file, for other programs to run.",
        discussion: """
            The file (operators of version \(ONNXModel.operatorSetVersion), IR version \(ONNXModel.layoutVersion)) takes `pixels`, whole images of 28×28 from 0 black to \
            255 white as 32-bit floats in the shape [N, 1, 28, 28], and gives `probabilities` in the shape \
            [N, C] for C classes; scale and padding are in it. PyTorch and Keras load model.safetensors itself, as the documentation \
            shows.
            """
    )

    @OptionGroup var model: ModelArgument

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The file to write, which ends in .onnx.", valueName: "file"),
        completion: .file(extensions: ["onnx"])
    )
    var target: String

    @Option(
        help: ArgumentHelp(
            "How many images it takes at a time, for programs that want to know (default: any number)",
            valueName: "images"
        )
    )
    var batch: Int?

    @Flag(help: "Replace a file of that name.")
    var force = false

    @OptionGroup var input: InputOptions

    func validate() throws {
        let ending = NSString(string: target).pathExtension
        guard ending.lowercased() == "onnx" else {
            throw ValidationError(
                "exporting: --to \(target) \(ending.isEmpty ? "has no ending" : "ends in .\(ending)") where .onnx was expected; name a file such as model.onnx"
            )
        }
        if let batch, !(1...65_536).contains(batch) {
            throw ValidationError(
                "exporting: --batch \(batch) was found where 1 to 65,536 was expected; choose one of these, or leave it out"
            )
        }
    }

    func run() throws {
        let file = try model.readFinite()
        let target = try TargetFile(target, replaces: force)
        let transform = input.transform(for: file)
        let exported = ONNXModel(
            network: file.network,
            classNames: file.classes.names,
            parameters: file.parameters,
            transform: transform,
            batchSize: batch,
            producerVersion: VersionCommand.version,
            card: ModelCard.shared(of: file, transform)
        )
        try target.write(exported.encoded())
        try StandardOutput.write("\(target.path)\n")
    }
}
