/// The part of JSON that a safetensors header is made of, and nothing beyond it.
///
/// A general JSON reader lets the last of two equal keys win in silence, which would let one file
/// mean two things to two programs; this one refuses. Numbers are whole and not negative.
indirect enum StrictJSON: Equatable, Sendable {
    case string(String)
    case number(Int)
    case array([StrictJSON])
    case object([Member])

    /// A key and its value; an object keeps the order of the text.
    struct Member: Equatable, Sendable {
        let key: String
        let value: StrictJSON
    }

    /// What was found where something else was expected, as the middle of a sentence.
    struct Problem: Error, Equatable {
        let found: String
        let expected: String
    }

    /// Reads a text that holds one value, with nothing but white space behind it.
    init(parsing text: ArraySlice<UInt8>) throws(Problem) {
        var parser = StrictJSONParser(text)
        self = try parser.value(depth: 0)
        try parser.expectEnd()
    }

    /// Reads an object whose values are all strings.
    static func strings(parsing text: String) throws(Problem) -> [String: String] {
        try StrictJSON(parsing: ArraySlice(text.utf8)).strings()
    }

    /// The object's members, when all its values are strings.
    func strings() throws(Problem) -> [String: String] {
        guard case .object(let members) = self else {
            throw Problem(found: "a value of another kind", expected: "an object of strings")
        }
        var strings: [String: String] = [:]
        for member in members {
            guard case .string(let value) = member.value else {
                throw Problem(
                    found: "a value of \"\(member.key)\" that is no string",
                    expected: "a string"
                )
            }
            strings[member.key] = value
        }
        return strings
    }

    /// Writes an object of strings, its keys sorted so that equal ones give equal text.
    static func text(of strings: [String: String]) -> String {
        let members = strings.sorted { $0.key < $1.key }.map { key, value in
            quoted(key) + ":" + quoted(value)
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Writes a string with its quotation marks, escaping only what JSON asks for.
    static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
