import Foundation

/// Follows what a run that goes on writes into its folder: figures and history.
///
/// Each look reads a part at most, so that it is short however long the files are.
package struct RunTail {
    private let metricsPath: String
    private let historyPath: String
    private var metrics = Place()
    private var history = Place()
    private var steps = Sieve()
    private var epochs = Sieve()

    /// What happened so far; of much, the latest.
    package private(set) var events: [HistoryEvent] = []

    /// How far a file has been read.
    private struct Place {
        var offset = 0
        /// The beginning of a line whose end is not there yet.
        var rest: [UInt8] = []
    }

    /// Lines of one kind, evenly spread over those that there were.
    private struct Sieve {
        var lines: [MetricsLine] = []
        private var stride = 1
        private var seenCount = 0

        /// Keeps a line, or passes it over: most of many are not even read.
        mutating func take(_ bytes: ArraySlice<UInt8>) {
            defer { seenCount += 1 }
            guard seenCount.isMultiple(of: stride), let line = MetricsLine(parsing: bytes) else {
                return
            }
            lines.append(line)
            guard lines.count > RunTail.lineCountMax else { return }
            lines = lines.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
            stride *= 2
        }
    }

    /// As many lines of a kind are kept: more than a chart has points.
    static let lineCountMax = 1_000
    private static let partSize = 512 << 10
    private static let lineSizeMax = 1 << 20
    private static let epochMark = Array("\"kind\":\"epoch\"".utf8)

    /// Will follow a folder.
    package init(folder: String) {
        metricsPath = "\(folder)/\(MetricsLog.fileName)"
        historyPath = "\(folder)/\(RunHistory.fileName)"
    }

    /// Lines of steps and epochs so far, in their order; of many, each second, fourth and so on.
    package var lines: [MetricsLine] {
        (steps.lines + epochs.lines).sorted {
            ($0.step, $0.kind == .epoch ? 1 : 0) < ($1.step, $1.kind == .epoch ? 1 : 0)
        }
    }

    /// Takes up what was written since the last look.
    package mutating func look() {
        if Self.isShorter(metricsPath, than: metrics) {
            // The run went back to a checkpoint.
            (metrics, steps, epochs) = (Place(), Sieve(), Sieve())
        }
        for line in Self.newLines(of: metricsPath, &metrics) {
            if Self.isEpoch(line) { epochs.take(line) } else { steps.take(line) }
        }
        for line in Self.newLines(of: historyPath, &history) {
            if let event = HistoryEvent(parsing: line) { note(event) }
        }
        if events.count > Self.lineCountMax { events.removeFirst(events.count - Self.lineCountMax) }
    }

    private mutating func note(_ event: HistoryEvent) {
        // Of epochs in a row the sum will do, or they would crowd out all else.
        guard event.kind == .epoch, let last = events.last, last.kind == .epoch else {
            return events.append(event)
        }
        var sum = event
        sum.shards.merge(last.shards, uniquingKeysWith: +)
        events[events.count - 1] = sum
    }

    private static func isEpoch(_ line: ArraySlice<UInt8>) -> Bool {
        let last = line.endIndex - epochMark.count
        guard last >= line.startIndex else { return false }
        return (line.startIndex...last).contains { start in
            line[start] == epochMark[0] && line[start...].starts(with: epochMark)
        }
    }

    private static func isShorter(_ path: String, than place: Place) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return Int(status.st_size) < place.offset
    }

    private static func newLines(of path: String, _ place: inout Place) -> [ArraySlice<UInt8>] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var part = [UInt8](repeating: 0, count: partSize)
        let count = pread(descriptor, &part, part.count, off_t(place.offset))
        guard count > 0 else { return [] }
        place.offset += count
        place.rest += part[..<count]
        guard let end = place.rest.lastIndex(of: UInt8(ascii: "\n")) else {
            if place.rest.count > lineSizeMax { place.rest = [] }
            return []
        }
        let lines = place.rest[...end].split(separator: UInt8(ascii: "\n"))
        place.rest.removeFirst(end + 1)
        return lines
    }
}
