import ArgumentParser
import Foundation
import Kernels
import MNIST
import Model
import Reporting
import Training

/// `lockstep evaluate`: how good a model is, and what it gets wrong.
struct EvaluateCommand: ParsableCommand {
    /// How the findings are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Print a model's loss and accuracy over the test images, and what it gets wrong.",
        discussion: """
            The first line has loss and accuracy. Below it stand precision and recall of each class, the \
            confusion matrix, and the images for whose wrong class the model has the highest probability. A \
            run's folder stands for its model, or for its newest valid checkpoint while there is none, and \
            for its data set.

            EXAMPLES:
              lockstep evaluate R
              lockstep evaluate R/model.safetensors --worst 20
              lockstep evaluate R --format json
            """
    )

    @OptionGroup var model: ModelArgument

    @Option(help: ArgumentHelp("For people (text) or for programs (json).", valueName: "form"))
    var format = Format.text

    @Option(
        help: ArgumentHelp("How many of the most confidently wrong images.", valueName: "count")
    )
    var worst = 6

    @OptionGroup(title: "Data") var input: InputOptions

    @OptionGroup(title: "Data") var dataset: DatasetOption

    func validate() throws {
        guard (0...1_000).contains(worst) else {
            throw ValidationError(
                "evaluating: --worst \(worst) was found where 0 to 1,000 was expected; choose one of these"
            )
        }
    }

    func run() throws {
        let path = try model.path()
        let file = try ModelArgument.readFinite(path: path)
        let kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let images = try dataset.loadTest(for: file, of: model.run)
        let findings = EvaluationFindings(
            Evaluation(
                kernels: kernels,
                transform: input.transform(for: file),
                network: file.network
            ),
            classes: file.classes,
            of: file.parameterBuffer,
            over: images,
            worstCount: worst
        )
        switch format {
        case .text:
            let columnCount = Terminal.columnCount(of: STDOUT_FILENO)
            try StandardOutput.write(EvaluationText(columnCount: columnCount).text(of: findings))
        case .json:
            try StandardOutput.write(try EvaluationRecord(findings, model: path).json())
        }
    }
}
