import Figures
import Reporting

/// A confusion matrix as a table whose cells are the darker the more they count.
enum ConfusionTable {
    /// The table.
    static func html(of confusion: ConfusionMatrix) -> String {
        let classes = 0..<confusion.classCount
        let names = confusion.names.map(Markup.escaped)
        let head = names.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let rows = classes.map { label in
            let sampleCount = max(1, confusion.sampleCount(of: label))
            let cells = classes.map { prediction in
                let count = confusion.counts[label][prediction]
                let share = Double(count) / Double(sampleCount)
                // A root, so that few are seen.
                let strength = label == prediction ? share : share.squareRoot()
                let percent = Int((100 * strength).rounded())
                let kind =
                    (label == prediction ? "right" : "wrong") + (percent > 55 ? " deep" : "")
                return count == 0
                    ? "<td></td>"
                    : "<td class=\"\(kind)\" style=\"--s:\(percent)%\" title=\"\(count) of label \(names[label]) taken for \(names[prediction])\">\(count)</td>"
            }
            let recall = confusion.recall(of: label).map { DecimalText.fixed($0, places: 4) }
            return
                "<tr><th scope=\"row\">\(names[label])</th>\(cells.joined())<td class=\"sum\">\(recall ?? "–")</td></tr>"
        }
        let precisions = classes.map { label in
            let precision = confusion.precision(of: label)
            return
                "<td class=\"sum\">\(precision.map { DecimalText.fixed($0, places: 3) } ?? "–")</td>"
        }
        let foot =
            "<tr class=\"sum\"><th scope=\"row\">precision</th>\(precisions.joined())<td class=\"sum\"></td></tr>"
        return Markup.scrolling(
            "<table class=\"confusion\"><caption>confusion matrix: a row for each label, a column for each prediction</caption><thead><tr><td></td>\(head)<th scope=\"col\" class=\"sum\">recall</th></tr></thead><tbody>\(rows.joined(separator: "\n"))\(foot)</tbody></table>",
            label: "confusion matrix"
        )
    }
}
