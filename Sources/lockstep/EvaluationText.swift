import Figures
import Model
import Reporting

/// What an evaluation found, for people to read.
struct EvaluationText {
    /// Columns of the terminal.
    let columnCount: Int

    /// The line of loss and accuracy, which other programs read, and below it the rest.
    func text(of findings: EvaluationFindings) -> String {
        let parts = [classTable(findings.confusion), matrix(findings.confusion), worst(findings)]
        return findings.metrics.testLine
            + parts.filter { !$0.isEmpty }.map { "\n" + $0.joined(separator: "\n") + "\n" }.joined()
    }

    /// Sets a text at the right of this number of columns.
    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func classTable(_ confusion: ConfusionMatrix) -> [String] {
        let heads = ["class", "images", "right", "precision", "recall"]
        let rows = (0..<confusion.classCount).map { label in
            [
                confusion.names[label], "\(confusion.sampleCount(of: label))",
                "\(confusion.correctCount(of: label))", share(confusion.precision(of: label)),
                share(confusion.recall(of: label)),
            ]
        }
        let width = rows.map { $0[0].count }.max().map { max($0, heads[0].count) } ?? 0
        return ([heads] + rows).map { row in
            zip(row, heads).enumerated().map { column, cell in
                Self.right(cell.0, column == 0 ? width : cell.1.count)
            }.joined(separator: "  ")
        }
    }

    private func share(_ value: Double?) -> String {
        value.map { DecimalText.fixed($0, places: 4) } ?? "–"
    }

    /// The confusion matrix; where the terminal is too narrow for it, the diagonal is a mark, since
    /// the table has its counts.
    private func matrix(_ confusion: ConfusionMatrix) -> [String] {
        let whole = cells(confusion, marksDiagonal: false)
        let isWide = whole[0].count <= columnCount
        return ["Rows are labels, columns predictions:"]
            + (isWide ? whole : cells(confusion, marksDiagonal: true))
    }

    private func cells(_ confusion: ConfusionMatrix, marksDiagonal: Bool) -> [String] {
        let classes = Array(0..<confusion.classCount)
        let rows = classes.map { label in
            classes.map { prediction in
                let count = confusion.counts[label][prediction]
                if label == prediction, marksDiagonal { return "■" }
                return count == 0 ? "·" : "\(count)"
            }
        }
        let widths = classes.map { column in rows.map { $0[column].count }.max() ?? 1 }
        // Equal columns where the terminal has room for them.
        let greatest = widths.max() ?? 1
        let equal = marksDiagonal ? widths : widths.map { _ in greatest }
        let heads = classes.map { "\($0)" }
        return zip([" "] + heads, [heads] + rows).map { head, row in
            head + " " + zip(row, equal).map { " " + Self.right($0, $1) }.joined()
        }
    }

    private func worst(_ findings: EvaluationFindings) -> [String] {
        guard !findings.worst.isEmpty else { return [] }
        let blocks = findings.worst.map { misread in
            let percent = DecimalText.fixed(Double(misread.probability) * 100, places: 2)
            return [
                "test image \(misread.index), label \(misread.labelName),",
                "taken for \(misread.predictionName), \(percent) %",
            ] + ImageDrawing.lines(misread.pixels, width: LeNet.imageSide) + [""]
        }
        let lines = ImageDrawing.sideBySide(
            blocks,
            width: LeNet.imageSide,
            columnCount: columnCount
        )
        return ["The most confidently wrong:"] + lines.dropLast()
    }
}
