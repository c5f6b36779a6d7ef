import Foundation

/// Follows what a run that goes on writes into its folder: figures and history.
///
/// Each look reads a part at most, so that it is short however long the files are.
package struct RunTail {
    private let metricsPath: String
    private let historyPath: String
    private var metrics = Place()
    private var history = Place()

    /// Lines of steps and epochs so far; of many, every so many.
    package private(set) var lines: [MetricsLine] = []
    /// What happened so far; of much, the latest.
    package private(set) var events: [HistoryEvent] = []

    /// How far a file has been read.
    private struct Place {
        var offset = 0
        /// The beginning of a line whose end is not there yet.
        var rest: [UInt8] = []
    }

    /// As many lines are kept: many more than a chart has points.
    static let lineCountMax = 2_000
    private static let partSize = 128 << 10
    private static let lineSizeMax = 1 << 20

    /// Will follow a folder.
    package init(folder: String) {
        metricsPath = "\(folder)/\(MetricsLog.fileName)"
        historyPath = "\(folder)/\(RunHistory.fileName)"
    }

    /// Takes up what was written since the last look.
    package mutating func look() {
        if Self.isShorter(metricsPath, than: metrics) {
            // The run went back to a checkpoint.
            (metrics, lines) = (Place(), [])
        }
        for line in Self.newLines(of: metricsPath, &metrics) {
            if let line = MetricsLine(parsing: line) { lines.append(line) }
        }
        thin()
        for line in Self.newLines(of: historyPath, &history) {
            if let event = HistoryEvent(parsing: line) { events.append(event) }
        }
        if events.count > Self.lineCountMax { events.removeFirst(events.count - Self.lineCountMax) }
    }

    /// Keeps every second line of those of steps, and of epochs, where there are too many.
    private mutating func thin() {
        for kind in [MetricsLine.Kind.step, .epoch] {
            while lines.lazy.filter({ $0.kind == kind }).count > Self.lineCountMax {
                var count = 0
                let last = lines.lastIndex { $0.kind == kind }
                let kept = lines.enumerated().filter { index, line in
                    guard line.kind == kind else { return true }
                    count += 1
                    return count.isMultiple(of: 2) || index == last
                }
                lines = kept.map(\.element)
            }
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
