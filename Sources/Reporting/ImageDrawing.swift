/// A small gray image, white on black, as lines of text that a terminal shows about as high as
/// wide.
package enum ImageDrawing {
    /// Draws an image, two rows of pixels a line and a pixel a column.
    ///
    /// What is over the middle gray is drawn as blocks of half a line; fainter gray, such as a
    /// stroke's edge, is shaded by the pair's mean.
    ///
    /// - Parameters:
    ///   - pixels: row by row, 0 black to 255 white.
    ///   - width: pixels of a row.
    /// - Precondition: `width` divides the count of pixels.
    package static func lines(_ pixels: [UInt8], width: Int) -> [String] {
        precondition(width > 0 && pixels.count.isMultiple(of: width), "\(pixels.count) by \(width)")
        return stride(from: 0, to: pixels.count, by: 2 * width).map { start in
            String(
                (start..<start + width).map { place in
                    character(
                        upper: pixels[place],
                        lower: place + width < pixels.count ? pixels[place + width] : 0
                    )
                }
            )
        }
    }

    private static func character(upper: UInt8, lower: UInt8) -> Character {
        switch (upper > 127, lower > 127) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false):
            switch (Int(upper) + Int(lower)) / 2 {
            case ..<24: " "
            case ..<64: "░"
            default: "▒"
            }
        }
    }

    /// Draws a share, 0 to 1, as a bar of at most `width` columns, to an eighth of one.
    package static func bar(_ share: Double, width: Int) -> String {
        guard share.isFinite else { return "" }
        let eighths = Int((min(max(share, 0), 1) * Double(8 * width)).rounded())
        let part = eighths % 8 == 0 ? "" : String(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1])
        return String(repeating: "█", count: eighths / 8) + part
    }

    /// Sets blocks of lines side by side, as many as fit into `columnCount`, and the others below.
    ///
    /// - Parameter width: columns of every block; a gap of two stands between.
    package static func sideBySide(
        _ blocks: [[String]],
        width: Int,
        columnCount: Int
    ) -> [String] {
        let perRow = max(1, (columnCount + 2) / (width + 2))
        return stride(from: 0, to: blocks.count, by: perRow).flatMap { first in
            let row = blocks[first..<min(first + perRow, blocks.count)]
            return (0..<(row.map(\.count).max() ?? 0)).map { index in
                let parts = row.map { block in
                    let part = index < block.count ? block[index] : ""
                    return part + String(repeating: " ", count: max(0, width - part.count))
                }
                return withoutEnd(parts.joined(separator: "  "))
            }
        }
    }

    private static func withoutEnd(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
