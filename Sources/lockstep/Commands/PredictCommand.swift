import ArgumentParser
import Checkpoints
import Foundation
import ImageFiles
import Kernels
import MNIST
import Model
import Reporting
import Training

/// `lockstep predict`: what a model sees in pictures.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Print the probabilities of the classes, and the likeliest, for each picture.",
        discussion: """
            Pictures are files of \(PictureFormat.namesRead), folders of them, IDX files of images, or - for \
            standard input. One of 28×28 pixels is taken as it is, white digit on black, as MNIST's are, or \
            inverted if its border is light. In any other, the digit is told from shadows, lines, frames and \
            specks, scaled into 20×20 pixels and centred by mass. Where no digit is likelier than a half, \
            "not sure" stands in its place. A picture that cannot be read, or shows no digit or several, is \
            told of on standard error; the others follow, and the exit code is 1.

            EXAMPLES:
              lockstep predict R digit.png
              lockstep predict R scans/ --format csv > digits.csv
              lockstep predict R --test-index 0
            """
    )

    @OptionGroup var model: ModelArgument

    @Argument(
        help: "Pictures of one digit each, folders, IDX files, or - for standard input.",
        completion: .file()
    )
    var images: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Test images of the data set instead, by number from 0.",
            valueName: "index"
        )
    )
    var testIndex: [Int] = []

    @Option(
        help: ArgumentHelp(
            "The image that the model sees, and bars, for people (text); records for programs (json, csv).",
            valueName: "form"
        )
    )
    var format = PredictionFormat.text

    @OptionGroup(title: "Data") var input: InputOptions

    @OptionGroup(title: "Data") var dataset: DatasetOption

    func validate() throws {
        if images.isEmpty, testIndex.isEmpty {
            throw ValidationError(
                "predicting: no picture was named where at least one was expected; name files, folders or -, or --test-index"
            )
        }
    }

    func run() throws {
        let file = try readModel()
        let kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let test = try testImages(for: file)
        let evaluation = Evaluation(
            kernels: kernels,
            transform: input.transform(for: file),
            network: file.network
        )
        let parameters = file.parameterBuffer
        var writer = PredictionWriter(format: format, classNames: file.classes.names) { images in
            evaluation.probabilities(parameters, images: images)
        }
        try writer.begin()
        try PictureSources(names: images).forEachBatch { try writer.take($0) }
        try writer.take(test)
        try writer.end()
        if writer.failureCount > 0 { throw ExitCode.failure }
    }

    /// Reads the model.
    ///
    /// - Throws: also a sentence of its own where a picture stands in its place.
    private func readModel() throws -> ModelFile {
        do {
            return try model.readFinite()
        } catch {
            guard DigitImage.isPicture(path: model.model) else { throw error }
            throw UsageError(
                "predicting: \(model.model) is a picture where a model was expected; name the model first and the pictures after it, as in `lockstep predict MODEL IMAGE…`"
            )
        }
    }

    private func testImages(for file: ModelFile) throws -> [NamedPicture] {
        guard !testIndex.isEmpty else { return [] }
        let test = try dataset.loadTest(for: file, of: model.run)
        return try testIndex.map { index in
            guard (0..<test.count).contains(index) else {
                throw UsageError(
                    "predicting: --test-index \(index) was found where 0 to \(test.count - 1) was expected; choose one of these"
                )
            }
            let label = file.classes.names[Int(test.label(at: index))]
            return NamedPicture(
                name: "test image \(index), label \(label)",
                digit: .success(DigitImage(pixels: test.image(at: index)))
            )
        }
    }
}
