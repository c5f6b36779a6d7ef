import PlainFiles
import Yams

/// A configuration file's text and the name that errors call it by.
package struct ConfigurationFile: Equatable, Sendable {
    /// YAML, not read yet.
    package var text: String
    /// What errors call the file by, usually its path.
    package var name: String

    /// Bytes of the largest file that is read.
    package static let textSizeMax = 65_536

    /// Takes a text that was read already; a byte order mark before it says nothing (YAML 1.2,
    /// 5.2).
    package init(text: String, name: String) {
        let hasMark = text.unicodeScalars.first == "\u{FEFF}"
        self.text = hasMark ? String(text.unicodeScalars.dropFirst()) : text
        self.name = name
    }

    /// Reads the file at `path`.
    ///
    /// - Throws: when it cannot be read, is larger than `textSizeMax` or is not UTF-8.
    package init(path: String) throws(ConfigurationError) {
        let data: [UInt8]
        do {
            data = try RegularFile.read(path, sizeMax: Self.textSizeMax)
        } catch .isTooLarge {
            throw Self.tooLarge(path)
        } catch {
            throw .unreadable(path, reason: error.reason)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .unreadable(path, reason: "bytes that are not UTF-8")
        }
        self.init(text: text, name: path)
    }

    /// A key, its value's text and the value's line.
    struct Entry: Equatable {
        var key: String
        var value: String
        var line: Int?
    }

    /// The file's keys and values in order; none when it is empty.
    ///
    /// Settings are a flat mapping, so a file that could grow without bounds as it is read (by
    /// aliases of aliases) is refused before it reaches the parser. Up to 16 asterisks outside of
    /// comment lines can stand for a few hundred values at most.
    ///
    /// - Throws: when the text is not YAML, not a mapping, or a value is not a single one.
    func entries() throws(ConfigurationError) -> [Entry] {
        try refuseBombs()
        guard let root = try compose() else { return [] }
        guard case .mapping(let mapping) = root else {
            if case .scalar(let scalar) = root, scalar.style == .plain, scalar.string.isEmpty {
                return []
            }
            throw .badFile(
                name,
                line: root.mark?.line,
                found: kind(of: root),
                expected: "a mapping of settings"
            )
        }
        var entries: [Entry] = []
        for (key, value) in mapping { entries.append(try entry(key, value)) }
        return entries
    }

    private func entry(_ key: Node, _ value: Node) throws(ConfigurationError) -> Entry {
        guard case .scalar(let keyScalar) = key else {
            throw .badFile(
                name,
                line: key.mark?.line,
                found: "\(kind(of: key)) as a key",
                expected: "a setting's name"
            )
        }
        guard case .scalar(let scalar) = value else {
            let source = SettingSource.file(name, line: key.mark?.line, key: keyScalar.string)
            let expected = Setting.named(keyScalar.string)?.expected ?? "a single value"
            throw .badValue(source, found: kind(of: value), expected: expected)
        }
        return Entry(key: keyScalar.string, value: scalar.string, line: key.mark?.line)
    }

    private func kind(of node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.string.shortened
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    private static func tooLarge(_ name: String) -> ConfigurationError {
        .badFile(
            name,
            line: nil,
            found: "more than \(textSizeMax) bytes",
            expected: "a short list of settings"
        )
    }

    private func refuseBombs() throws(ConfigurationError) {
        if text.utf8.count > Self.textSizeMax { throw Self.tooLarge(name) }
        let content = text.split(whereSeparator: \.isNewline).filter {
            $0.first(where: { $0 != " " }) != "#"
        }
        let asteriskCount = content.reduce(0) { count, line in
            count + line.utf8.count(where: { $0 == UInt8(ascii: "*") })
        }
        if asteriskCount > 16 {
            throw .badFile(
                name,
                line: nil,
                found: "\(asteriskCount) asterisks",
                expected: "a list of settings with at most 16"
            )
        }
    }

    private func compose() throws(ConfigurationError) -> Node? {
        do {
            return try Yams.compose(yaml: text, .basic, .default, .utf8)
        } catch let error as YamlError {
            throw translated(error)
        } catch {
            throw .badFile(name, line: nil, found: "\(error)".shortened, expected: "YAML")
        }
    }

    private func translated(_ error: YamlError) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            .badFile(name, line: mark.line, found: "\"\(problem)\"", expected: "YAML")
        case .composer(_, let problem, let mark, _):
            .badFile(name, line: mark.line, found: "\"\(problem)\"", expected: "one document")
        case .reader(let problem, _, _, _):
            .badFile(name, line: nil, found: "\"\(problem)\"", expected: "YAML")
        case .duplicatedKeysInMapping(let duplicates, let context):
            .repeated(.file(name, line: context.mark.line, key: duplicates.first ?? "a key"))
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            .badFile(name, line: nil, found: "an unreadable text", expected: "YAML")
        }
    }
}
