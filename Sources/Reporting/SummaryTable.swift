/// The table of a model's layers, as Keras's `model.summary()` draws it.
package struct SummaryTable: Equatable, Sendable {
    /// A layer's line.
    package struct Row: Equatable, Sendable {
        /// The layer's name and what it is, such as `conv1 (5×5 convolution, ReLU)`.
        package var name: String
        /// The shape of what it puts out for a sample, such as `28×28×6`.
        package var outputShape: String
        /// How many parameters it has.
        package var parameterCount: Int

        /// Takes a layer's line.
        package init(name: String, outputShape: String, parameterCount: Int) {
            self.name = name
            self.outputShape = outputShape
            self.parameterCount = parameterCount
        }
    }

    /// The layers from input to output.
    package var rows: [Row]

    /// Takes the layers from input to output.
    package init(rows: [Row]) { self.rows = rows }

    /// Draws the table and the total below it, a line feed at the end of each line.
    ///
    /// A parameter is 4 bytes; KB and MB are 1,024 and 1,048,576 bytes, as in Keras.
    package func rendered() -> String {
        let lines =
            [["Layer (type)", "Output Shape", "Param #"]]
            + rows.map { [$0.name, $0.outputShape, DecimalText.grouped($0.parameterCount)] }
        let widths = (0..<3).map { column in lines.map { $0[column].count }.max() ?? 0 }
        var text = rule("┏", "━", "┳", "┓", widths) + line(lines[0], "┃", widths)
        text += rule("┡", "━", "╇", "┩", widths)
        text += lines.dropFirst().map { line($0, "│", widths) }
            .joined(separator: rule("├", "─", "┼", "┤", widths))
        text += rule("└", "─", "┴", "┘", widths)
        let total = rows.reduce(0) { $0 + $1.parameterCount }
        return text + " Total params: \(DecimalText.grouped(total)) (\(size(ofFloats: total)))\n"
    }

    private func rule(
        _ left: String,
        _ stroke: String,
        _ cross: String,
        _ right: String,
        _ widths: [Int]
    ) -> String {
        let strokes = widths.map { String(repeating: stroke, count: $0 + 2) }
        return left + strokes.joined(separator: cross) + right + "\n"
    }

    /// A line of the table; the last column is aligned to the right.
    private func line(_ cells: [String], _ bar: String, _ widths: [Int]) -> String {
        let padded = cells.enumerated().map { column, cell in
            let blanks = String(repeating: " ", count: widths[column] - cell.count)
            return column == cells.count - 1 ? " \(blanks)\(cell) " : " \(cell)\(blanks) "
        }
        return bar + padded.joined(separator: bar) + bar + "\n"
    }

    private func size(ofFloats count: Int) -> String {
        let size = Double(count) * 4
        if size < 1_024 { return "\(DecimalText.fixed(size, places: 2)) B" }
        if size < 1_048_576 { return "\(DecimalText.fixed(size / 1_024, places: 2)) KB" }
        return "\(DecimalText.fixed(size / 1_048_576, places: 2)) MB"
    }
}
