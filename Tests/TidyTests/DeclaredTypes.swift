/// The types of a source tree with what each of them holds and does; extensions count with their
/// type, wherever they stand.
///
/// Read by line and indentation, which the formatter's layout makes sufficient.
struct DeclaredTypes {
    /// One type.
    struct Counts: Equatable {
        /// Where it, or else one of its extensions, was first met.
        let path: String
        /// Properties that an instance stores.
        var storedPropertyCount = 0
        /// Functions, initializers and subscripts, static ones included.
        var functionCount = 0
    }

    /// By module and name, such as `TrainingProtocol/Coordinator.Settings`.
    private(set) var counts: [String: Counts] = [:]

    /// Counts in every file.
    init(of files: [SourceTree.File]) {
        for file in files { count(file) }
    }

    private struct Scope {
        let indentation: Int
        let name: String
    }

    private mutating func count(_ file: SourceTree.File) {
        let type =
            /^(?:@\w+(?:\([^)]*\))? )*(?:[a-z]+ )*(?:struct|class|enum|actor|protocol|extension) ([A-Z][\w.]*)/
        var scopes: [Scope] = []
        for (index, line) in file.lines.enumerated() where !line.isComment {
            let text = line.drop { $0 == " " }
            let indentation = line.count - text.count
            if text == "}", scopes.last?.indentation == indentation {
                scopes.removeLast()
            } else if let match = text.firstMatch(of: type), !text.hasSuffix("}") {
                let prefix = scopes.last.map { $0.name + "." } ?? file.module + "/"
                scopes.append(Scope(indentation: indentation, name: prefix + match.1))
            } else if let scope = scopes.last, indentation == scope.indentation + 4 {
                let following = index + 1 < file.lines.count ? file.lines[index + 1] : ""
                count(String(text), before: following, in: scope.name, at: file.path)
            }
        }
    }

    /// Counts one member of a type.
    private mutating func count(
        _ text: String,
        before following: String,
        in type: String,
        at path: String
    ) {
        let member =
            /^(?:@\w+(?:\([^)]*\))? )*((?:[a-z]+(?:\([a-z]+\))? )*)(let|var|func|init|subscript)\b(.*)/
        guard let match = text.firstMatch(of: member) else { return }
        switch match.2 {
        case "let", "var":
            guard !match.1.split(separator: " ").contains("static") else { return }
            let isComputed =
                match.2 == "var" && Self.isComputed(String(match.3), before: following)
            if !isComputed {
                counts[type, default: Counts(path: path)].storedPropertyCount +=
                    Self.names(in: String(match.3))
            }
        default:
            counts[type, default: Counts(path: path)].functionCount += 1
        }
    }

    /// Whether a variable has a body in place of a value; observers are no such body.
    private static func isComputed(_ declaration: String, before following: String) -> Bool {
        guard let brace = declaration.firstIndex(of: "{") else { return false }
        return !declaration[..<brace].contains("=")
            && !following.contains(/^ *(didSet|willSet)\b/)
    }

    /// How many names one declaration has, such as two in `let width, height: Int`.
    private static func names(in declaration: String) -> Int {
        let head = declaration.prefix { !"=:(<[{".contains($0) }
        return head.count { $0 == "," } + 1
    }
}
