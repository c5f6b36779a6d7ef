import Foundation
import Reporting

/// Pieces of HTML.
enum Markup {
    /// A text that shows as it is, in an element or an attribute.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\u{0}"..<" ", "\u{7F}": escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A table whose first row and column are heads; cells are HTML.
    static func table(caption: String, heads: [String], rows: [[String]]) -> String {
        let head = heads.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        return scrolling(
            "<table><caption>\(escaped(caption))</caption><thead><tr>\(head)</tr></thead><tbody>\(body.joined(separator: "\n"))</tbody></table>",
            label: caption
        )
    }

    /// A part that is wider than some screens: it scrolls by itself, also by keys.
    static func scrolling(_ content: String, label: String) -> String {
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(escaped(label))\">\(content)</div>"
    }

    /// A number with a few decimals, without the zeros that say nothing.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let text = DecimalText.fixed(value, places: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A picture as a part of the page.
    static func image(_ picture: PlainPicture, alternative: String) -> String {
        let data = Data(picture.png).base64EncodedString()
        return
            "<img src=\"data:image/png;base64,\(data)\" width=\"\(picture.width)\" height=\"\(picture.height)\" alt=\"\(escaped(alternative))\">"
    }

    /// A time span: `4.2 s`, `3 min 05 s` or `2 h 10 min`.
    static func span(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
        if seconds < 60 { return "\(DecimalText.fixed(seconds, places: 1)) s" }
        let whole = Int(seconds.rounded())
        let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60)
        if hours > 0 { return "\(hours) h \(minutes < 10 ? "0" : "")\(minutes) min" }
        return "\(minutes) min \(rest < 10 ? "0" : "")\(rest) s"
    }

    /// A moment, in Coordinated Universal Time.
    static func moment(_ time: Double) -> String {
        guard time.isFinite, time.magnitude < 1e11 else { return "–" }
        return Date(timeIntervalSince1970: time).formatted(
            .iso8601.dateSeparator(.dash).timeSeparator(.colon).dateTimeSeparator(.space)
        ).replacing("Z", with: " UTC")
    }

    /// A figure of loss or accuracy; a dash for one that is not there.
    static func metric(_ value: Double?) -> String { value.map(DecimalText.metric) ?? "–" }

    /// A count in groups of three; a dash for one that is not there.
    static func count(_ value: Double?) -> String {
        guard let value, value.isFinite, value.magnitude < 1e15 else { return "–" }
        return DecimalText.grouped(Int(value.rounded()))
    }
}
