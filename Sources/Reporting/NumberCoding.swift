// JSON has no infinity and no not-a-number: either is written as null, which every reader of JSON
// takes. A field that is absent stays absent.

extension KeyedEncodingContainer {
    mutating func encodeNumber(_ value: Double, _ key: Key) throws {
        if value.isFinite { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }

    mutating func encodeNumberIfPresent(_ value: Double?, _ key: Key) throws {
        if let value { try encodeNumber(value, key) }
    }
}
