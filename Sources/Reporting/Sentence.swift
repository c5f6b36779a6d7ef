/// Brings what goes to the operator to a form and length that can be read.
///
/// Paths, values and other programs' words go into messages as they come; this is the one place
/// that bounds them.
package enum Sentence {
    /// The most characters of a sentence.
    package static let lengthMax = 300

    /// A word is cut no shorter than this while another can be cut.
    private static let wordLengthMin = 40

    /// More words than this stand in no sentence of ours.
    private static let wordCountMax = 100

    /// The text on one line of at most `lengthMax` characters, of which what is cut is marked by
    /// `…`: the middle of the longest words first, for they are paths and values, and what was
    /// expected and what to do is said in short ones.
    package static func bounded(_ text: String, to lengthMax: Int = lengthMax) -> String {
        let scalars = escaped(text)
        guard scalars.count > lengthMax else { return string(scalars) }
        var words = scalars.split(separator: " ", omittingEmptySubsequences: false).map(Array.init)
        var length = scalars.count
        while words.count <= wordCountMax, length > lengthMax {
            let longest = words.indices.max { words[$0].count < words[$1].count } ?? 0
            let wordLength = words[longest].count
            let rest = max(wordLengthMin, wordLength - (length - lengthMax))
            guard rest < wordLength else { break }
            words[longest] = cut(words[longest], to: rest)
            length -= wordLength - rest
        }
        return string(cut(Array(words.joined(separator: [" "])), to: lengthMax))
    }

    /// The text on one line, without what a terminal obeys.
    package static func onOneLine(_ text: String) -> String { string(escaped(text)) }

    /// The start and the end of some scalars with `…` between.
    private static func cut(_ scalars: [Unicode.Scalar], to length: Int) -> [Unicode.Scalar] {
        guard scalars.count > length else { return scalars }
        let end = (length - 1) / 2
        return scalars.prefix(length - 1 - end) + ["…"] + scalars.suffix(end)
    }

    private static func escaped(_ text: String) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                scalars += scalar.escaped(asASCII: true).unicodeScalars
            } else {
                scalars.append(scalar)
            }
        }
        return scalars
    }

    private static func string(_ scalars: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
