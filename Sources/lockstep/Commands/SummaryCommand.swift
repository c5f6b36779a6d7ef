import ArgumentParser
import Model
import Reporting

/// `lockstep summary`: the layers, as Keras's `model.summary()` shows them.
struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Print the layers, their output shapes and parameter counts.",
        discussion: """
            With a model, also check that the file holds just these parameters.

            EXAMPLES:
              lockstep summary
              lockstep summary R
            """
    )

    @Argument(
        help: "A model or checkpoint file (.safetensors), or a run's folder.",
        completion: .file()
    )
    var model: String?

    func run() throws {
        let network = try model.map { try ModelArgument.read(pathOrFolder: $0).network } ?? .digits
        let rows = network.layers.map { layer in
            SummaryTable.Row(
                name: layer.name,
                outputShape: "(\(layer.outputShape.map(String.init).joined(separator: ", ")))",
                parameterCount: layer.parameterCount
            )
        }
        try StandardOutput.write(SummaryTable(rows: rows).rendered())
    }
}
