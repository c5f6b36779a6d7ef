import Reporting

/// A convolution's filters as squares of colour: blue above zero, red below.
enum FilterPictures {
    /// Draws square filters, given row by row, all on one scale.
    static func html(of filters: [[Float]]) -> String {
        let greatest = filters.joined().filter(\.isFinite).map(\.magnitude).max() ?? 0
        let pictures = filters.enumerated().map { index, filter in
            let side = Int(Double(filter.count).squareRoot().rounded())
            let squares = filter.enumerated().map { place, weight in
                square(weight, of: greatest, column: place % side, row: place / side)
            }
            return
                "<svg viewBox=\"0 0 \(side) \(side)\" role=\"img\" aria-label=\"filter \(index + 1)\">\(squares.joined())</svg>"
        }
        let span = DecimalText.fixed(Double(greatest), places: 3)
        return
            "<div class=\"filters\">\(pictures.joined())</div><p class=\"quiet\">blue is above zero, red below; the darkest is ±\(span)</p>"
    }

    private static func square(
        _ weight: Float,
        of greatest: Float,
        column: Int,
        row: Int
    ) -> String {
        let share = greatest > 0 && weight.isFinite ? Double(weight.magnitude / greatest) : 0
        let strength = DecimalText.fixed(share, places: 2)
        let kind = weight < 0 ? "below" : "above"
        let text = DecimalText.fixed(Double(weight), places: 4)
        return
            "<rect class=\"\(kind)\" x=\"\(column)\" y=\"\(row)\" width=\"1\" height=\"1\" fill-opacity=\"\(strength)\"><title>\(text)</title></rect>"
    }
}
