import Foundation
import PlainFiles

/// Reads lists of hosts.
package enum HostList {
    /// The hosts of a list with commas, then those of a file.
    ///
    /// A file has one host a line, as in the list or as MPI has it (`alpha slots=4`); `#` begins a
    /// comment.
    ///
    /// - Throws: when the file cannot be read, a host is written wrongly or twice, or there is
    ///   none.
    package static func read(_ text: String?, file path: String?) throws(HostError) -> [RemoteHost]
    {
        var hosts: [RemoteHost] = []
        for word in (text ?? "").split(separator: ",") {
            let host = word.trimmingCharacters(in: .whitespaces)
            hosts.append(try RemoteHost(host, place: "--hosts"))
        }
        if let path {
            hosts += try Self.hosts(inFile: Self.contents(of: path), named: path)
        }
        var seen: Set<String> = []
        for host in hosts where !seen.insert(host.destination).inserted {
            throw .repeated(destination: host.destination)
        }
        if hosts.isEmpty { throw .none }
        return hosts
    }

    /// The hosts of a file's text.
    ///
    /// - Throws: when a line is none of a host.
    package static func hosts(
        inFile text: String,
        named name: String
    ) throws(HostError) -> [RemoteHost] {
        var hosts: [RemoteHost] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let place = "\(name):\(index + 1)"
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
                .map(String.init)
            let slots = "slots="
            switch words.count {
            case 0:
                continue
            case 1:
                hosts.append(try RemoteHost(words[0], place: place))
            case 2 where words[1].hasPrefix(slots):
                let count = String(words[1].dropFirst(slots.count))
                hosts.append(
                    try RemoteHost(destination: words[0], count: count, place: place)
                )
            default:
                throw .badLine(place: place, found: line.trimmingCharacters(in: .whitespaces))
            }
        }
        return hosts
    }

    private static let fileSizeMax = 1 << 20

    private static func contents(of path: String) throws(HostError) -> String {
        let data: [UInt8]
        do {
            data = try RegularFile.read(path, sizeMax: fileSizeMax)
        } catch {
            switch error {
            case .refused(code: ENOENT): throw .unreadable(path: path, reason: "no file")
            case .isFolder: throw .unreadable(path: path, reason: "a folder")
            case .refused, .isNoFile, .isTooLarge:
                throw .unreadable(path: path, reason: error.reason)
            }
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .unreadable(path: path, reason: "bytes that are not UTF-8")
        }
        let hasMark = text.unicodeScalars.first == "\u{FEFF}"
        return hasMark ? String(text.unicodeScalars.dropFirst()) : text
    }
}
