/// Reads ``StrictJSON`` from bytes, in one pass, with bounded recursion (RFC 8259).
struct StrictJSONParser {
    private typealias Problem = StrictJSON.Problem

    /// How deep values may lie inside each other: the format itself needs three levels.
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
                expected: "a flat header"
            )
        }
        skipSpace()
        switch rest.first {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try number())
        default: throw unexpected("an object, an array, a string or a whole number")
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

    private mutating func number() throws(StrictJSON.Problem) -> Int {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let text = String(decoding: digits, as: UTF8.self)
        guard let number = Int(text), digits.count == 1 || digits.first != UInt8(ascii: "0") else {
            throw Problem(
                found: "the number \(text.prefix(40))",
                expected: "a whole number of 64 bits without leading zeros"
            )
        }
        rest = rest[digits.endIndex...]
        return number
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
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func expect(_ mark: Unicode.Scalar) throws(StrictJSON.Problem) {
        guard take(mark) else { throw unexpected("\"\(mark)\"") }
    }

    private func unexpected(_ expected: String) -> StrictJSON.Problem {
        let found = rest.first.map { "byte 0x" + String($0, radix: 16) } ?? "the end of the text"
        return StrictJSON.Problem(
            found: "\(found) at offset \(rest.startIndex - start) of the header",
            expected: expected
        )
    }
}
