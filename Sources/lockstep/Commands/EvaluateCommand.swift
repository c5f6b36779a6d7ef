import ArgumentParser
import Foundation
import Kernels
import MNIST
import Model
import Reporting
import Training

/// `lockstep evaluate`: how good a model is.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Print a model's loss and accuracy over the test images."
    )

    @OptionGroup var model: ModelArgument
    @OptionGroup var input: InputOptions

    @OptionGroup var dataset: DatasetOption

    func run() throws {
        let file = try model.readFinite()
        let kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let images = try dataset.loadTest()
        let metrics = Evaluation(kernels: kernels, transform: input.transform(for: file))
            .metrics(of: file.parameterBuffer, over: images)
        try StandardOutput.write(metrics.testLine)
    }
}
