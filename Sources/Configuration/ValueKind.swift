/// How one kind of value is written, read and bounded.
///
/// Reading is strict: what is accepted means the same number to every reader of YAML 1.1, YAML 1.2
/// and the shell, so there is no hexadecimal, no leading zero, no underscore and no space.
struct ValueKind<Value: Sendable>: Sendable {
    /// What is accepted, as an error's text and `--help` say it.
    let expected: String
    /// Reads a value; nil when the text is none or lies out of bounds.
    let read: @Sendable (String) -> Value?
    /// Writes a value as `read` takes it.
    let write: @Sendable (Value) -> String
    /// The words among what is accepted.
    var words: [String] = []
}

extension ValueKind where Value: FixedWidthInteger {
    /// A whole number within `bounds`.
    static func whole(_ bounds: ClosedRange<Value>) -> ValueKind {
        ValueKind(
            expected: "a whole number from \(grouped(bounds.lowerBound)) to "
                + grouped(bounds.upperBound),
            read: { text in
                guard let value = Value(text), "\(value)" == text, bounds.contains(value) else {
                    return nil
                }
                return value
            },
            write: { "\($0)" }
        )
    }

    /// 54000 → 54,000.
    private static func grouped(_ value: Value) -> String {
        var text = ""
        for (index, digit) in "\(value)".reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}

extension ValueKind where Value == Double {
    /// A decimal number that is at least 0 and below 1, as binary32 too.
    static let share = decimal("a number from 0 to below 1") { $0 >= 0 && $0 < 1 }

    /// A decimal number from 0 to 1.
    static let rate = decimal("a number from 0 to 1") { $0 >= 0 && $0 <= 1 }

    /// A decimal number from 1e-30 to `maximum`.
    ///
    /// The lower bound is what "greater than 0" means in binary32 with some room for a product:
    /// 1e-46 would be 0 there.
    static func positive(upTo maximum: String) -> ValueKind {
        let bound = Float(maximum) ?? 0
        return decimal("a number from 1e-30 to \(maximum)") { $0 >= 1e-30 && $0 <= bound }
    }

    /// A decimal number from 0 to `maximum`.
    static func nonnegative(upTo maximum: String) -> ValueKind {
        let bound = Float(maximum) ?? 0
        return decimal("a number from 0 to \(maximum)") { $0 >= 0 && $0 <= bound }
    }

    private static func decimal(
        _ expected: String,
        accepts: @escaping @Sendable (Float) -> Bool
    ) -> ValueKind {
        ValueKind(
            expected: expected,
            read: { text in
                guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }),
                    let value = Double(text), accepts(Float(value))
                else { return nil }
                return value + 0  // -0 becomes 0
            },
            write: { "\($0)" }
        )
    }
}

extension ValueKind where Value == RunConfiguration.WarmUp {
    /// Steps as a whole number, or a share of the run as a number below 1 with a point.
    static let warmUp = ValueKind(
        expected: "a whole number of steps from 0 to 1,000,000,000, or a share of the run from 0.0 "
            + "to below 1",
        read: { text in
            let steps = ValueKind<Int>.whole(0...1_000_000_000)
            if let count = steps.read(text) { return .steps(count) }
            guard text.contains("."), let share = ValueKind<Double>.share.read(text) else {
                return nil
            }
            return share == 0 ? .steps(0) : .share(share)
        },
        write: { value in
            switch value {
            case .steps(let count): "\(count)"
            case .share(let share): "\(share)"
            }
        }
    )
}

extension ValueKind where Value == Bool {
    /// True or false, by these words alone: YAML 1.1 and 1.2 disagree on all others.
    static let yesOrNo = ValueKind(
        expected: "true or false",
        read: { Bool($0) },
        write: { "\($0)" },
        words: ["true", "false"]
    )
}

extension ValueKind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases, by its name.
    static func choice() -> ValueKind {
        ValueKind(
            expected: Value.allCases.map(\.rawValue).joined(separator: " or "),
            read: { Value(rawValue: $0) },
            write: { $0.rawValue },
            words: Value.allCases.map(\.rawValue)
        )
    }
}

extension ValueKind where Value == String {
    /// A path that the operating system can take and a YAML file can hold.
    ///
    /// Yams reads a scalar through Foundation's `String(bytes:encoding:)`, which drops a leading
    /// byte order mark, so a path that begins with one would come back as another.
    static let path = ValueKind(
        expected: "a folder's path",
        read: {
            $0.isEmpty || $0.utf8.contains(0) || $0.unicodeScalars.first == "\u{FEFF}" ? nil : $0
        },
        write: { $0 }
    )
}

extension ValueKind where Value == [String] {
    /// Names of classes with commas between them.
    static let names = ValueKind(
        expected: "2 to 255 different names of 1 to 40 characters with commas between them",
        read: { text in
            let names = text.split(separator: ",", omittingEmptySubsequences: false)
                .map { String($0.drop { $0 == " " }) }
            let isRight = names.allSatisfy { name in
                !name.isEmpty && name.count <= 40 && name.last != " "
                    && name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
            }
            guard isRight, (2...255).contains(names.count), Set(names).count == names.count else {
                return nil
            }
            return names
        },
        write: { $0.joined(separator: ",") }
    )
}

extension ValueKind {
    /// This kind, or the word that stands for no value.
    func orWord(_ word: String) -> ValueKind<Value?> {
        ValueKind<Value?>(
            expected: "\(expected), or \(word)",
            read: { text in
                if text == word { return .some(nil) }
                return read(text).map { .some($0) }
            },
            write: { value in value.map(write) ?? word },
            words: words + [word]
        )
    }
}
