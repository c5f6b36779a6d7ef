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
            MNIST's are; any other is brought to that form: inverted if its border is light, its digit \
            scaled into 20×20 pixels and centred by mass.
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
        let pictures = try namedPictures()
        let evaluation = Evaluation(kernels: kernels, transform: input.transform(for: file))
        let probabilities = evaluation.probabilities(
            file.parameterBuffer,
            images: pictures.map(\.pixels)
        )
        for (picture, row) in zip(pictures, probabilities) {
            try StandardOutput.write(Self.line(name: picture.name, probabilities: row))
        }
    }

    /// Reads the model.
    ///
    /// - Throws: `MistakeInUse` when a picture stands in its place.
    private func readModel() throws -> ModelFile {
        do {
            return try model.readFinite()
        } catch {
            let file = FileHandle(forReadingAtPath: model.model)
            let start = try? file?.read(upToCount: PictureFormat.prefixSize)
            guard let format = PictureFormat(of: start ?? Data()) else { throw error }
            let other = images.first { $0.hasSuffix(".safetensors") } ?? "MODEL"
            throw MistakeInUse(
                "\(model.model): a \(format.rawValue) picture was found where the model was expected; name the model first: lockstep predict \(other) \(model.model)"
            )
        }
    }

    private func namedPictures() throws -> [(name: String, pixels: [UInt8])] {
        var pictures = try images.map { (name: $0, pixels: try DigitImage.read(path: $0).pixels) }
        guard !testIndex.isEmpty else { return pictures }
        let test = try dataset.loadTest()
        for index in testIndex {
            guard (0..<test.count).contains(index) else {
                throw MistakeInUse(
                    "predicting: --test-index \(index) was found where 0 to \(test.count - 1) was expected; choose one of these"
                )
            }
            pictures.append(
                (
                    name: "test image \(index), label \(test.label(at: index))",
                    pixels: test.image(at: index)
                )
            )
        }
        return pictures
    }

    /// `seven.png: 7  (0: 0.0000, 1: 0.0001, …)`
    private static func line(name: String, probabilities: [Float]) -> String {
        let likeliest = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        let columns = probabilities.enumerated().map { digit, probability in
            "\(digit): \(DecimalText.fixed(Double(probability), places: 4))"
        }
        return "\(name): \(likeliest)  (\(columns.joined(separator: ", ")))\n"
    }
}
