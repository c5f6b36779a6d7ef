import Foundation

/// A trace in the format of Chrome and Perfetto: a lane for each process, a slice for each stretch
/// of its time.
///
/// The format is Google's "Trace Event Format": times in microseconds, complete events "X".
package struct TraceFile: Sendable {
    /// One process.
    package struct Lane: Equatable, Sendable {
        /// What it is called.
        package var name: String
        /// What it did, in order.
        package var slices: [Slice]

        /// Takes a process's time.
        package init(name: String, slices: [Slice]) {
            self.name = name
            self.slices = slices
        }
    }

    /// A stretch of time.
    package struct Slice: Equatable, Sendable {
        /// What it was spent on.
        package var name: String
        /// When it began, in nanoseconds on the trace's one clock.
        package var start: Int64
        /// How long it lasted, in nanoseconds.
        package var duration: Int64

        /// Takes a stretch of time.
        package init(name: String, start: Int64, duration: Int64) {
            self.name = name
            self.start = start
            self.duration = duration
        }
    }

    private let path: String

    /// Makes an empty file, so that a path that cannot be written is told of before a run.
    ///
    /// - Throws: when it cannot be written.
    package init(path: String) throws(ReportError) {
        self.path = path
        try ReportFile.replace(path, with: [])
    }

    /// Writes the trace; its first slice begins at 0.
    ///
    /// - Parameter notes: what else a reader should know, by name.
    /// - Throws: when the file cannot be written.
    package func write(lanes: [Lane], notes: [String: String]) throws(ReportError) {
        let start = lanes.lazy.flatMap(\.slices).map(\.start).min() ?? 0
        var events: [Event] = []
        for (index, lane) in lanes.enumerated() {
            events.append(.name(lane.name, process: index + 1))
            events += lane.slices.map { .slice($0, process: index + 1, since: start) }
        }
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let document = Document(otherData: notes, traceEvents: events)
            try ReportFile.replace(path, with: [UInt8](try encoder.encode(document)))
        } catch let error as ReportError {
            throw error
        } catch {
            throw .unrepresentable(file: path, reason: "\(error)")
        }
    }
}

private struct Document: Encodable {
    var displayTimeUnit = "ns"
    let otherData: [String: String]
    let traceEvents: [Event]
}

private struct Event: Encodable {
    let name: String
    let ph: String
    let pid: Int
    let tid: Int
    var ts: Double?
    var dur: Double?
    var args: [String: String]?

    static func name(_ name: String, process: Int) -> Event {
        Event(name: "process_name", ph: "M", pid: process, tid: process, args: ["name": name])
    }

    static func slice(_ slice: TraceFile.Slice, process: Int, since start: Int64) -> Event {
        Event(
            name: slice.name,
            ph: "X",
            pid: process,
            tid: process,
            ts: Double(slice.start - start) / 1_000,
            dur: Double(slice.duration) / 1_000
        )
    }
}
