import Foundation
import ImageFiles

/// Predictions for programs to read.
enum PredictionRecords {
    /// The names of CSV's columns.
    static func header(_ classNames: [String]) -> String {
        (["name", "verdict"] + classNames.map { quoted("p" + $0) }).joined(separator: ",") + "\n"
    }

    /// A row of CSV (RFC 4180, but for the line's end); probabilities are empty where there are
    /// none.
    static func row(of prediction: Prediction) -> String {
        var columns = [quoted(prediction.name), quoted(prediction.verdict)]
        if case .seen(_, let probabilities) = prediction.outcome {
            columns += probabilities.map { "\($0)" }
        } else {
            columns += [String](repeating: "", count: prediction.classNames.count)
        }
        return columns.joined(separator: ",") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = !text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private struct Record: Encodable {
        let name: String
        let verdict: String
        /// The class by its name, and by its number from 0; the number of a digit is the digit.
        let `class`: String?
        let digit: Int?
        var probabilities: [Float?]?
        /// Rows of the image that the model sees, 0 black to 255 white.
        var pixels: [[UInt8]]?
        var error: String?
    }

    /// An object of JSON on one line.
    static func object(of prediction: Prediction) throws -> String {
        var record = Record(
            name: prediction.name,
            verdict: prediction.verdict,
            class: prediction.found.map { prediction.classNames[$0] },
            digit: prediction.found
        )
        switch prediction.outcome {
        case .seen(let pixels, let probabilities):
            record.probabilities = probabilities.map { $0.isFinite ? $0 : nil }
            record.pixels = ImageRows.rows(of: pixels)
        case .failed(let error):
            record.error = "\(error)"
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }
}

/// The rows of an image, for JSON.
enum ImageRows {
    /// Cuts the pixels of a digit's image into its rows.
    static func rows(of pixels: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: pixels.count, by: DigitImage.side).map { start in
            Array(pixels[start..<start + DigitImage.side])
        }
    }
}
