/// A machine that workers are started on, as ssh knows it.
package struct RemoteHost: Equatable, Hashable, Sendable {
    /// What ssh is told: a name of its configuration, or an address, perhaps with `USER@`.
    package let destination: String
    /// How many workers; nil for one a core.
    package let workerCount: Int?

    /// `4 workers`, for log lines.
    var countText: String {
        switch workerCount {
        case 1?: "1 worker"
        case let count?: "\(count) workers"
        case nil: "a worker a core"
        }
    }

    /// More than any machine has cores.
    private static let workerCountMax = 1_024

    /// Reads `HOST`, `HOST:COUNT`, `USER@HOST:COUNT` or, for IPv6, `[ADDRESS]:COUNT`.
    ///
    /// - Parameter place: where it was written, for the error.
    init(_ text: String, place: String) throws(HostError) {
        let bracket = text.lastIndex(of: "]") ?? text.startIndex
        if let colon = text[bracket...].lastIndex(of: ":") {
            try self.init(
                destination: String(text[..<colon]),
                count: String(text[text.index(after: colon)...]),
                place: place
            )
        } else {
            try self.init(destination: text, count: nil, place: place)
        }
    }

    /// Checks both parts.
    init(destination: String, count: String?, place: String) throws(HostError) {
        self.destination = destination.filter { !"[]".contains($0) }
        let isName = self.destination.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && !$0.properties.isWhitespace
        }
        // What begins with a dash would be an option of ssh's.
        guard isName, !self.destination.isEmpty, !self.destination.hasPrefix("-") else {
            throw .badHost(place: place, found: destination)
        }
        guard let count else {
            workerCount = nil
            return
        }
        guard let number = Int(count), (1...Self.workerCountMax).contains(number) else {
            throw .badCount(place: place, found: count, countMax: Self.workerCountMax)
        }
        workerCount = number
    }
}

/// What is wrong with a list of hosts.
package enum HostError: Error, Equatable, CustomStringConvertible {
    /// A name that ssh could not take.
    case badHost(place: String, found: String)
    /// A count that is none.
    case badCount(place: String, found: String, countMax: Int)
    /// A line of a file that cannot be read.
    case badLine(place: String, found: String)
    /// The same machine twice.
    case repeated(destination: String)
    /// No machine at all.
    case none
    /// A file that cannot be read.
    case unreadable(path: String, reason: String)

    package var description: String {
        switch self {
        case .badHost(let place, let found):
            "\(place): '\(found)' where a host was expected; write it as ssh takes it, such as alpha or ada@alpha"
        case .badCount(let place, let found, let countMax):
            "\(place): '\(found)' where 1 to \(countMax) workers were expected; "
                + "write such a number behind the colon, or leave it out for one a processor"
        case .badLine(let place, let found):
            "\(place): '\(found)' where a host was expected; write alpha, alpha:4 or alpha slots=4"
        case .repeated(let destination):
            "reading the hosts: \(destination) was found twice where once was expected; "
                + "name it once, with all of its workers"
        case .none:
            "reading the hosts: none was found where one at least was expected; add --hosts or --hostfile"
        case .unreadable(let path, let reason):
            "\(path): \(reason) where a list of hosts was expected; check the path that --hostfile gives"
        }
    }
}
