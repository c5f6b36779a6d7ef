import Foundation
import ImageFiles
import Reporting

/// Predictions for people to read: what the model sees beside what it makes of it.
struct PredictionText {
    /// Columns of the terminal.
    let columnCount: Int
    /// Whether a terminal shows the text, where the bars' numbers are enough.
    let isForTerminal: Bool

    private static let barWidth = 20
    /// Columns of the image and the bars beside each other: a gap, a class, `100.00 %`.
    private static let columnCountMin = DigitImage.side + 2 + 12 + barWidth

    /// A line, and below it the image and a bar for each class; empty where there is no image.
    func text(of prediction: Prediction) -> String {
        guard case .seen(let pixels, let probabilities) = prediction.outcome else { return "" }
        let image = ImageDrawing.lines(pixels, width: DigitImage.side)
        let bars = Self.bars(probabilities, prediction.classNames)
        let nameWidth = prediction.classNames.map(\.count).max() ?? 1
        let isWide = columnCount >= Self.columnCountMin + nameWidth - 1
        // In the middle of the image's height.
        let lead = [String](
            repeating: "",
            count: isWide ? max(0, (image.count - bars.count) / 2) : 0
        )
        let lines = ImageDrawing.sideBySide(
            [image, lead + bars],
            width: isWide ? DigitImage.side : columnCount,
            columnCount: isWide ? 2 * DigitImage.side + 2 : columnCount
        )
        return head(prediction, probabilities) + lines.joined(separator: "\n") + "\n"
    }

    /// `seven.png: 7  (0: 0.0000, 1: 0.0001, …)`, which other programs read; without the
    /// probabilities for a terminal.
    private func head(_ prediction: Prediction, _ probabilities: [Float]) -> String {
        let start = "\(Sentence.onOneLine(prediction.name)): \(prediction.verdict)"
        guard !isForTerminal else { return start + "\n" }
        let columns = zip(prediction.classNames, probabilities).map { name, probability in
            "\(name): \(DecimalText.fixed(Double(probability), places: 4))"
        }
        return "\(start)  (\(columns.joined(separator: ", ")))\n"
    }

    private static func bars(_ probabilities: [Float], _ names: [String]) -> [String] {
        let width = names.map(\.count).max() ?? 1
        return zip(names, probabilities).map { name, probability in
            let percent = DecimalText.fixed(Double(probability) * 100, places: 2)
            let blanks = String(repeating: " ", count: max(0, 6 - percent.count))
            let gap = String(repeating: " ", count: width - name.count)
            return "\(name)\(gap) \(blanks)\(percent) % "
                + ImageDrawing.bar(Double(probability), width: barWidth)
        }
    }
}
