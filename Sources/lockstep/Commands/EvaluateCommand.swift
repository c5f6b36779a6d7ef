import ArgumentParser
import Foundation
import Kernels
import MNIST
import Model
import Training

/// `lockstep evaluate`: how good a model is.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Print a model's loss and accuracy over the test images."
    )

    @OptionGroup var model: ModelArgument
    @OptionGroup var input: InputOptions

    @Option(
        help: ArgumentHelp(
            "A folder with the four IDX files (default: the MNIST that comes with Lockstep).",
            valueName: "folder"
        ),
        completion: .directory
    )
    var dataset: String?

    func run() throws {
        let file = try model.read()
        let kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let images = try MNISTDataset.load(directory: dataset).test
        let metrics = Evaluation(kernels: kernels, transform: input.transform(for: file))
            .metrics(of: file.parameterBuffer, over: images)
        print(
            "test loss \(metrics.loss.formatted(.number.precision(.fractionLength(4)))), "
                + "test accuracy \(metrics.accuracy.formatted(.number.precision(.fractionLength(4))))"
        )
    }
}
