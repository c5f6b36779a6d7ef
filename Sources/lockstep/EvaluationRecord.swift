import Figures
import Foundation

/// What an evaluation found, for programs to read: one object of JSON.
struct EvaluationRecord: Encodable {
    private struct Class: Encodable {
        let label: Int
        let name: String
        let images: Int
        let right: Int
        /// Null where nothing was taken for the class.
        let precision: Double?
        /// Null where no image is of the class.
        let recall: Double?
    }

    private struct Misread: Encodable {
        let index: Int
        let label: Int
        let prediction: Int
        let probability: Float?
        /// Rows of the image, 0 black to 255 white.
        let pixels: [[UInt8]]
    }

    /// The file that the parameters are from.
    private let model: String
    private let images: Int
    private let loss: Double?
    private let accuracy: Double
    private let classes: [Class]
    /// A row for each label, a column for each prediction.
    private let confusion: [[Int]]
    private let worst: [Misread]

    init(_ findings: EvaluationFindings, model: String) {
        self.model = model
        images = findings.imageCount
        loss = findings.metrics.loss.isFinite ? findings.metrics.loss : nil
        accuracy = findings.metrics.accuracy
        confusion = findings.confusion.counts
        classes = (0..<findings.confusion.classCount).map { label in
            Class(
                label: label,
                name: findings.confusion.names[label],
                images: findings.confusion.sampleCount(of: label),
                right: findings.confusion.correctCount(of: label),
                precision: findings.confusion.precision(of: label),
                recall: findings.confusion.recall(of: label)
            )
        }
        worst = findings.worst.map { misread in
            Misread(
                index: misread.index,
                label: misread.label,
                prediction: misread.prediction,
                probability: misread.probability.isFinite ? misread.probability : nil,
                pixels: ImageRows.rows(of: misread.pixels)
            )
        }
    }

    /// The object on one line.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}
