/// A path cut into the folder that holds it and its last component.
struct FilePathParts: Equatable {
    /// The folder: `.` for a bare name, `/` for what lies at the root.
    let folder: String
    /// The last component; empty when the path names nothing, as `/` and the empty path do.
    let name: String

    /// Cuts at the last slash that is not at the end.
    init(_ path: String) {
        var rest = path[...]
        while rest.hasSuffix("/") { rest.removeLast() }
        guard let slash = rest.lastIndex(of: "/") else {
            folder = rest.isEmpty && !path.isEmpty ? "/" : "."
            name = String(rest)
            return
        }
        folder = slash == rest.startIndex ? "/" : String(rest[..<slash])
        name = String(rest[rest.index(after: slash)...])
    }
}
