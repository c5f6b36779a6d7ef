/// A value of a JSON text (RFC 8259), read strictly.
///
/// A general JSON reader lets the last of two equal keys win in silence, which would let one file
/// mean two things to two programs; this one refuses.
package indirect enum StrictJSON: Equatable, Sendable {
    /// A text.
    case string(String)
    /// A number of digits alone: whole, not negative, and within 64 bits.
    case number(Int)
    /// Any other number.
    case real(Double)
    /// `true` or `false`.
    case boolean(Bool)
    /// `null`.
    case null
    /// Values in their order.
    case array([StrictJSON])
    /// Members in the order of the text.
    case object([Member])

    /// A key and its value.
    package struct Member: Equatable, Sendable {
        /// What the value is called.
        package let key: String
        /// What it is.
        package let value: StrictJSON
    }

    /// What was found where something else was expected, as the middle of a sentence.
    package struct Problem: Error, Equatable {
        /// What was found.
        package let found: String
        /// What was expected.
        package let expected: String

        /// Tells of a value that is not the one expected.
        package init(found: String, expected: String) {
            (self.found, self.expected) = (found, expected)
        }
    }

    /// Reads a text that holds one value, with nothing but white space behind it.
    ///
    /// - Throws: what is wrong with the text.
    package init(parsing text: ArraySlice<UInt8>) throws(Problem) {
        var parser = StrictJSONParser(text)
        self = try parser.value(depth: 0)
        try parser.expectEnd()
    }

    /// Reads a text that holds one value.
    ///
    /// - Throws: what is wrong with the text.
    package init(parsing text: String) throws(Problem) {
        try self.init(parsing: ArraySlice(text.utf8))
    }

    /// Reads an object whose values are all strings.
    ///
    /// - Throws: what is wrong with the text.
    package static func strings(parsing text: String) throws(Problem) -> [String: String] {
        try StrictJSON(parsing: text).strings()
    }

    /// The object's members, when all its values are strings.
    ///
    /// - Throws: what else it is.
    package func strings() throws(Problem) -> [String: String] {
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
    package static func text(of strings: [String: String]) -> String {
        var text = "{"
        for (key, value) in strings.sorted(by: { $0.key < $1.key }) {
            if text.utf8.count > 1 { text += "," }
            append(key, to: &text)
            text += ":"
            append(value, to: &text)
        }
        return text + "}"
    }

    /// Writes a string with its quotation marks, escaping only what JSON asks for.
    package static func quoted(_ string: String) -> String {
        var text = ""
        append(string, to: &text)
        return text
    }

    private static func append(_ string: String, to text: inout String) {
        text += "\""
        if string.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
            for scalar in string.unicodeScalars { append(scalar, to: &text) }
        } else {
            text += string
        }
        text += "\""
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
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
}

/// What a value is, where a program knows what it should be.
extension StrictJSON {
    /// The value of a key of an object; nil if there is none.
    package subscript(_ key: String) -> StrictJSON? {
        if case .object(let members) = self {
            members.first { $0.key == key }?.value
        } else {
            nil
        }
    }

    /// The text; nil for another kind of value.
    package var string: String? { if case .string(let string) = self { string } else { nil } }

    /// The whole number from 0; nil for another kind of value.
    package var count: Int? { if case .number(let number) = self { number } else { nil } }

    /// The number, which is not a number where `null` stands; nil for another kind of value.
    package var double: Double? {
        switch self {
        case .number(let number): Double(number)
        case .real(let number): number
        case .null: .nan
        case .string, .boolean, .array, .object: nil
        }
    }

    /// The array's elements; nil for another kind of value.
    package var elements: [StrictJSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The object's members; nil for another kind of value.
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
}
