import ArgumentParser
import Foundation
import ImageFiles
import Reporting

/// How predictions are printed.
enum PredictionFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json, csv
}

/// Prints predictions in the order of their pictures, and complains of pictures without one.
struct PredictionWriter {
    private let format: PredictionFormat
    private let classNames: [String]
    private let text: PredictionText
    private let probabilities: ([[UInt8]]) -> [[Float]]
    private var writtenCount = 0
    /// How many pictures came to nothing.
    private(set) var failureCount = 0

    /// Will ask `probabilities` for those of several images at once.
    init(
        format: PredictionFormat,
        classNames: [String],
        probabilities: @escaping ([[UInt8]]) -> [[Float]]
    ) {
        self.format = format
        self.classNames = classNames
        self.probabilities = probabilities
        text = PredictionText(
            columnCount: Terminal.columnCount(of: STDOUT_FILENO),
            isForTerminal: isatty(STDOUT_FILENO) == 1
        )
    }

    /// Prints what stands before all predictions.
    func begin() throws {
        switch format {
        case .text: break
        case .json: try StandardOutput.write("[")
        case .csv: try StandardOutput.write(PredictionRecords.header(classNames))
        }
    }

    /// Prints what stands behind all predictions.
    func end() throws {
        if format == .json { try StandardOutput.write(writtenCount > 0 ? "\n]\n" : "]\n") }
    }

    /// Prints what becomes of some pictures.
    mutating func take(_ pictures: [NamedPicture]) throws {
        let images = pictures.compactMap { try? $0.digit.get().pixels }
        var rows = (images.isEmpty ? [] : probabilities(images))[...]
        var output = ""
        for picture in pictures {
            let outcome: Prediction.Outcome =
                switch picture.digit {
                case .success(let digit):
                    .seen(pixels: digit.pixels, probabilities: rows.removeFirst())
                case .failure(let error): .failed(error)
                }
            if case .failed(let error) = outcome {
                // The others are none the worse for it.
                failureCount += 1
                Entry.complain(of: error)
            }
            let prediction = Prediction(
                name: picture.name,
                outcome: outcome,
                classNames: classNames
            )
            switch format {
            case .text: output += text.text(of: prediction)
            case .json:
                output += writtenCount > 0 ? ",\n" : "\n"
                output += try PredictionRecords.object(of: prediction)
            case .csv: output += PredictionRecords.row(of: prediction)
            }
            writtenCount += 1
        }
        try StandardOutput.write(output)
    }
}
