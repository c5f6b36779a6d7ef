/// A setting's value as files for programs have it.
package enum SettingValue: Equatable, Sendable, Encodable {
    /// A whole number from 0.
    case whole(UInt64)
    /// Another number.
    case number(Double)
    /// `true` or `false`.
    case boolean(Bool)
    /// A word or a path.
    case text(String)

    /// Reads what a line of `config.yaml` has behind its key.
    package init(_ text: String) {
        if let number = UInt64(text) {
            self = .whole(number)
        } else if let number = Double(text), number.isFinite {
            self = .number(number)
        } else if let boolean = Bool(text) {
            self = .boolean(boolean)
        } else {
            self = .text(text)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .whole(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .boolean(let value): try container.encode(value)
        case .text(let text): try container.encode(text)
        }
    }

    /// A `google.protobuf.Value`.
    var protobuf: [UInt8] {
        switch self {
        case .whole(let number): ProtobufEncoding.double(2, Double(number))
        case .number(let number): ProtobufEncoding.double(2, number)
        case .boolean(let value): ProtobufEncoding.varint(4, value ? 1 : 0)
        case .text(let text): ProtobufEncoding.text(3, text)
        }
    }
}
