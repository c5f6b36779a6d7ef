package import Foundation
import JSON

/// Something that happened to a run: a line of `history.jsonl`.
package struct HistoryEvent: Equatable, Sendable {
    /// What happened.
    package enum Kind: String, Sendable, CaseIterable {
        /// The run began, or went on from a checkpoint.
        case start
        /// A worker was taken in.
        case workerJoined
        /// A worker is gone.
        case workerLost
        /// A worker gave a wrong answer, and takes no part any more.
        case workerDistrusted
        /// The run went on from a checkpoint before a wrong answer.
        case wentBack
        /// A round took much longer than usual.
        case overdue
        /// A checkpoint could not be written.
        case checkpointFailed
        /// An epoch ended, of whose shards each worker computed some.
        case epoch
        /// The run ended: `completed`, `stopped` or `diverged`.
        case end
    }

    /// What happened.
    package var kind: Kind
    /// When, in seconds since 1970.
    package var time: Double
    /// After which step of the run.
    package var step: Int
    /// The worker that it happened to, as the log names it.
    package var worker: String?
    /// How many workers took part afterwards.
    package var workerCount: Int?
    /// What else there is to say.
    package var text: String?
    /// How many shards each worker computed.
    package var shards: [String: Int] = [:]
    /// What started the run, by name.
    package var origin: [String: String] = [:]

    /// Describes what happened.
    package init(
        _ kind: Kind,
        at time: Date,
        step: Int,
        worker: String? = nil,
        workerCount: Int? = nil,
        text: String? = nil
    ) {
        self.kind = kind
        self.time = (time.timeIntervalSince1970 * 1_000).rounded() / 1_000
        self.step = step
        self.worker = worker
        self.workerCount = workerCount
        self.text = text
    }

    /// Reads a line; nil where it is none.
    package init?(parsing line: ArraySlice<UInt8>) {
        guard let json = try? StrictJSON(parsing: line),
            let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)),
            let time = json["time"]?.double, Self.times.contains(time),
            let step = json["step"]?.count, step <= MetricsLine.stepMax
        else { return nil }
        (self.kind, self.time, self.step) = (kind, time, step)
        worker = json["worker"]?.string
        workerCount = json["workers"]?.count
        text = json["text"]?.string
        for member in json["shards"]?.members ?? [] {
            shards[member.key] = member.value.count.map { min($0, MetricsLine.stepMax) }
        }
        for member in json["origin"]?.members ?? [] { origin[member.key] = member.value.string }
    }

    /// No run is older than 1970, or younger than the year 4000.
    private static let times = 0..<64e9

    /// The line, without its end.
    var json: String {
        var members = [
            "\"kind\":\"\(kind.rawValue)\"", "\"time\":\(time)", "\"step\":\(step)",
        ]
        if let worker { members.append("\"worker\":\(StrictJSON.quoted(worker))") }
        if let workerCount { members.append("\"workers\":\(workerCount)") }
        if let text { members.append("\"text\":\(StrictJSON.quoted(text))") }
        if !shards.isEmpty {
            let counts = shards.sorted { $0.key < $1.key }
                .map { "\(StrictJSON.quoted($0.key)):\($0.value)" }
            members.append("\"shards\":{\(counts.joined(separator: ","))}")
        }
        if !origin.isEmpty { members.append("\"origin\":\(StrictJSON.text(of: origin))") }
        members.append("\"formatVersion\":\(RunHistory.version)")
        return "{\(members.joined(separator: ","))}"
    }
}

/// The run's `history.jsonl`: a line for each thing that happened, over all starts.
package final class RunHistory {
    /// The file's name in the run's folder.
    package static let fileName = "history.jsonl"
    /// The version of its fields.
    package static let version = 1

    private let file: ReportFile
    private var lineCount = 0

    /// A start's lines: as many as a large cluster has on a bad day, and no endless file.
    private static let lineCountMax = 50_000
    private static let lineLengthMax = 1 << 20

    /// Opens the history, or begins it.
    ///
    /// - Throws: when it cannot be written to.
    package init(folder: String) throws(ReportError) {
        file = try ReportFile(path: "\(folder)/\(Self.fileName)", opening: .continued)
        // What a killed start has left may end without its line's end.
        if try !file.endsWithLine() { try file.append([UInt8(ascii: "\n")]) }
    }

    /// Appends what happened.
    ///
    /// - Throws: when the disk does not take it.
    package func append(_ event: HistoryEvent) throws(ReportError) {
        lineCount += 1
        guard lineCount <= Self.lineCountMax || event.kind == .end else { return }
        try file.append(Array((event.json + "\n").utf8))
    }

    /// Reads what happened to a run that may be going on; nothing where there is no such file.
    ///
    /// - Throws: when it cannot be read.
    package static func events(inFolder folder: String) throws(ReportError) -> [HistoryEvent] {
        let path = "\(folder)/\(fileName)"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        var events: [HistoryEvent] = []
        try ReportFile(reading: path).forEachLine(lengthMax: lineLengthMax) { line in
            if let event = HistoryEvent(parsing: line) { events.append(event) }
            return events.count < 10 * lineCountMax
        }
        return events
    }
}
