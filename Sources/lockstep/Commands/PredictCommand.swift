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
        abstract: "Print the probabilities of the ten digits, and the likeliest, for each picture.",
        discussion: """
            Pictures are PNG or JPEG files. One of 28×28 pixels is taken as it is, white digit on black, as \
            MNIST's are, or inverted if its border is light. In any other, the digit is told from shadows, \
            lines, frames and specks, scaled into 20×20 pixels and centred by mass. Where no digit is likelier \
            than a half, "not sure" stands in its place. A picture that shows none, or several, is an error; \
            the others are looked at all the same.
            """
    )

    @OptionGroup var model: ModelArgument

    @Argument(
        help: "Pictures of one digit each.",
        completion: .file(extensions: ["png", "jpg", "jpeg"])
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

    @OptionGroup var input: InputOptions

    @OptionGroup var dataset: DatasetOption

    func validate() throws {
        if images.isEmpty, testIndex.isEmpty {
            throw ValidationError(
                "predicting: no picture was named where at least one was expected; name PNG or JPEG files, or --test-index"
            )
        }
    }

    func run() throws {
        let file = try readModel()
        let kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let test = try testImages()
        let evaluation = Evaluation(kernels: kernels, transform: input.transform(for: file))
        let parameters = file.parameterBuffer
        func show(_ name: String, _ pixels: [UInt8]) throws {
            let row = evaluation.probabilities(parameters, images: [pixels])[0]
            try StandardOutput.write(Self.line(name: name, probabilities: row))
        }
        var isAnyBad = false
        for path in images {
            let digit: DigitImage
            do {
                digit = try DigitImage.read(path: path)
            } catch {
                // The others are none the worse for it.
                isAnyBad = true
                Entry.complain(of: error)
                continue
            }
            try show(path, digit.pixels)
        }
        for picture in test { try show(picture.name, picture.pixels) }
        if isAnyBad { throw ExitCode.failure }
    }

    /// Reads the model.
    ///
    /// - Throws: also a sentence of its own where a picture stands in its place.
    private func readModel() throws -> ModelFile {
        do {
            return try model.readFinite()
        } catch {
            guard DigitImage.isPicture(path: model.model) else { throw error }
            throw MistakeInUse(
                "predicting: \(model.model) is a picture where a model was expected; name the model first and the pictures after it, as in `lockstep predict MODEL IMAGE…`"
            )
        }
    }

    private func testImages() throws -> [(name: String, pixels: [UInt8])] {
        guard !testIndex.isEmpty else { return [] }
        let test = try dataset.loadTest()
        return try testIndex.map { index in
            guard (0..<test.count).contains(index) else {
                throw MistakeInUse(
                    "predicting: --test-index \(index) was found where 0 to \(test.count - 1) was expected; choose one of these"
                )
            }
            let label = test.label(at: index)
            return ("test image \(index), label \(label)", test.image(at: index))
        }
    }

    /// A digit less likely than this is not named.
    private static let probabilityMin: Float = 0.5

    /// `seven.png: 7  (0: 0.0000, 1: 0.0001, …)`
    private static func line(name: String, probabilities: [Float]) -> String {
        let likeliest = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        let columns = probabilities.enumerated().map { digit, probability in
            "\(digit): \(DecimalText.fixed(Double(probability), places: 4))"
        }
        let isSure = probabilities[likeliest] >= probabilityMin
        return
            "\(name): \(isSure ? "\(likeliest)" : "not sure")  (\(columns.joined(separator: ", ")))\n"
    }
}
