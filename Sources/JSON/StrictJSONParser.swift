/// Reads ``StrictJSON`` from bytes, in one pass, with bounded recursion (RFC 8259).
struct StrictJSONParser {
    private typealias Problem = StrictJSON.Problem

    /// How deep values may lie inside each other: a safetensors header needs three levels.
    private static let depthMax = 8

    private var rest: ArraySlice<UInt8>
    private let start: Int

    /// Stands before the text's first byte.
    init(_ text: ArraySlice<UInt8>) {
        rest = text
        start = text.startIndex
    }

    /// Reads one value.
    mutating func value(depth: Int) throws(StrictJSON.Problem) -> StrictJSON {
        guard depth < Self.depthMax else {
            throw Problem(
                found: "JSON more than \(Self.depthMax) levels deep",
                expected: "a flat text"
            )
        }
        skipSpace()
        switch rest.first {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): return try number()
        default:
            if let word = try word() { return word }
            throw unexpected("an object, an array, a string or a number")
        }
    }

    /// Checks that only white space is left.
    mutating func expectEnd() throws(StrictJSON.Problem) {
        skipSpace()
        guard rest.isEmpty else { throw unexpected("the end of the JSON text") }
    }

    private mutating func object(depth: Int) throws(StrictJSON.Problem) -> StrictJSON {
        try expect("{")
        if take("}") { return .object([]) }
        var members: [StrictJSON.Member] = []
        var keys: Set<String> = []
        repeat {
            skipSpace()
            let key = try string()
            guard keys.insert(key).inserted else {
                throw Problem(found: "the key \"\(key)\" twice", expected: "each key once")
            }
            try expect(":")
            members.append(StrictJSON.Member(key: key, value: try value(depth: depth + 1)))
        } while take(",")
        try expect("}")
        return .object(members)
    }

    private mutating func array(depth: Int) throws(StrictJSON.Problem) -> StrictJSON {
        try expect("[")
        if take("]") { return .array([]) }
        var elements: [StrictJSON] = []
        repeat {
            elements.append(try value(depth: depth + 1))
        } while take(",")
        try expect("]")
        return .array(elements)
    }

    private mutating func word() throws(StrictJSON.Problem) -> StrictJSON? {
        let words: [(String, StrictJSON)] = [
            ("true", .boolean(true)), ("false", .boolean(false)), ("null", .null),
        ]
        for (word, value) in words where rest.starts(with: Array(word.utf8)) {
            rest = rest.dropFirst(word.utf8.count)
            return value
        }
        return nil
    }

    private mutating func number() throws(StrictJSON.Problem) -> StrictJSON {
        let start = rest
        let isNegative = takeByte("-")
        let digits = takeDigits()
        guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
            throw badNumber(start, "a number without leading zeros")
        }
        var isWhole = !isNegative
        if takeByte(".") {
            isWhole = false
            if takeDigits().isEmpty { throw badNumber(start, "digits behind the point") }
        }
        if takeByte("e") || takeByte("E") {
            isWhole = false
            _ = takeByte("+") || takeByte("-")
            if takeDigits().isEmpty { throw badNumber(start, "digits of an exponent") }
        }
        let text = String(decoding: start[..<rest.startIndex], as: UTF8.self)
        if isWhole, let number = Int(text) { return .number(number) }
        guard let number = Double(text), number.isFinite else {
            throw badNumber(start, "a number within binary64")
        }
        return .real(number)
    }

    private func badNumber(_ start: ArraySlice<UInt8>, _ expected: String) -> StrictJSON.Problem {
        let text = String(decoding: start[..<rest.startIndex].prefix(40), as: UTF8.self)
        return Problem(found: "the number \(text)", expected: expected)
    }

    private mutating func takeDigits() -> ArraySlice<UInt8> {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest[digits.endIndex...]
        return digits
    }

    /// Takes a character of a number when it is next.
    private mutating func takeByte(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func string() throws(StrictJSON.Problem) -> String {
        guard rest.popFirst() == UInt8(ascii: "\"") else {
            throw Problem(found: "a key without quotation marks", expected: "a string")
        }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: bytes, as: UTF8.self) else {
                    throw Problem(found: "a string that is not UTF-8", expected: "UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): bytes.append(contentsOf: try escape().utf8)
            case 0..<0x20:
                throw Problem(found: "a control character in a string", expected: "an escape")
            default: bytes.append(byte)
            }
        }
        throw Problem(found: "the end of the text inside a string", expected: "a quotation mark")
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws(StrictJSON.Problem) -> String {
        switch rest.popFirst() {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw Problem(found: "an unknown escape in a string", expected: "one of JSON's")
        }
    }

    /// Reads the digits of one `\u` escape, and of the second half when it is a surrogate's.
    private mutating func unicodeEscape() throws(StrictJSON.Problem) -> String {
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]), rest.starts(with: Array("\\u".utf8)) {
            rest = rest.dropFirst(2)
            units.append(try codeUnit())
        }
        guard let string = String(validating: units, as: UTF16.self) else {
            throw Problem(found: "half of a surrogate pair", expected: "a whole character")
        }
        return string
    }

    private mutating func codeUnit() throws(StrictJSON.Problem) -> UInt16 {
        let digits = rest.prefix(4)
        let text = String(decoding: digits, as: UTF8.self)
        guard text.allSatisfy(\.isHexDigit), digits.count == 4, let unit = UInt16(text, radix: 16)
        else {
            throw Problem(found: "the escape \\u\(text)", expected: "four hexadecimal digits")
        }
        rest = rest.dropFirst(4)
        return unit
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    }

    /// Takes a punctuation mark when it is next.
    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        return takeByte(mark)
    }

    private mutating func expect(_ mark: Unicode.Scalar) throws(StrictJSON.Problem) {
        guard take(mark) else { throw unexpected("\"\(mark)\"") }
    }

    private func unexpected(_ expected: String) -> StrictJSON.Problem {
        let found = rest.first.map { "byte 0x" + String($0, radix: 16) } ?? "the end of the text"
        return StrictJSON.Problem(
            found: "\(found) at offset \(rest.startIndex - start) of the text",
            expected: expected
        )
    }
}
