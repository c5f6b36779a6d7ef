/// What somebody asks for: the head of an HTTP request; nothing here takes a body.
package struct HTTPRequest: Equatable, Sendable {
    /// Where it points: the part before the question mark.
    package let path: String
    /// What follows the question mark.
    private let query: Substring
    /// The header's fields.
    private let fields: [Field]

    /// A field of the header.
    package struct Field: Equatable, Sendable {
        let name: String
        let value: String

        /// Names a field; letters of either case are one.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Reads a request's target, such as `/events?token=abc`.
    package init(target: String, fields: [Field] = []) {
        let mark = target.firstIndex(of: "?")
        path = String(target[..<(mark ?? target.endIndex)])
        query = mark.map { target[target.index(after: $0)...] } ?? ""
        self.fields = fields
    }

    /// The value of a field; nil where there is none, or more than one.
    package func field(_ name: String) -> String? {
        let found = fields.filter { $0.name.lowercased() == name.lowercased() }
        return found.count == 1 ? found[0].value : nil
    }

    /// Whether there is a field of that name.
    package func hasField(_ name: String) -> Bool {
        fields.contains { $0.name.lowercased() == name.lowercased() }
    }

    /// A parameter of the target, as it is written there; nil where there is none.
    package func parameter(_ name: String) -> String? {
        for part in query.split(separator: "&") {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if words.count == 2, words[0] == name { return String(words[1]) }
        }
        return nil
    }

    /// A cookie; nil where there is none.
    package func cookie(_ name: String) -> String? {
        for entry in fields where entry.name.lowercased() == "cookie" {
            for part in entry.value.split(separator: ";") {
                let words = part.split(separator: "=", maxSplits: 1)
                if words.count == 2, words[0].drop(while: { $0 == " " }) == name {
                    return String(words[1])
                }
            }
        }
        return nil
    }
}
