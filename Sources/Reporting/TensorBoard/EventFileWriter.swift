package import Foundation

/// A TensorBoard event file.
package final class EventFileWriter: Sendable {
    private let file: ReportFile

    /// The file's path.
    package var path: String { file.path }

    /// What the names of event files begin with.
    package static let namePrefix = "events.out.tfevents."

    /// Begins a file in `folder`, beside those of earlier starts, with the name TensorBoard looks
    /// for.
    ///
    /// - Throws: when the folder cannot be made or written to.
    package init(folder: String, at time: Date) throws(ReportError) {
        let process = ProcessInfo.processInfo
        let second = DecimalText.fixed(time.timeIntervalSince1970, places: 0)
        let host = String(process.hostName.map { $0 == "/" ? "_" : $0 })
        let start = "\(folder)/\(Self.namePrefix)\(second).\(host).\(process.processIdentifier)"
        file = try Self.firstFree(start)
        try file.append(EventRecord.version(time: time.timeIntervalSince1970))
    }

    /// Appends what is seen at a step as one record.
    ///
    /// - Throws: when the disk does not take it.
    package func append(_ values: [EventValue], step: Int, at time: Date) throws(ReportError) {
        let record = EventRecord.values(values, step: step, time: time.timeIntervalSince1970)
        try file.append(record)
    }

    /// Takes back what this file and earlier ones have of `step` and later ones.
    ///
    /// - Throws: when the disk does not take it.
    package func restart(atStep step: Int, at time: Date) throws(ReportError) {
        try file.append(EventRecord.start(step: step, time: time.timeIntervalSince1970))
    }

    /// The first of `start`.0, `start`.1, … that is not there yet.
    private static func firstFree(_ start: String) throws(ReportError) -> ReportFile {
        for index in 0..<1_000 {
            do {
                return try ReportFile(path: "\(start).\(index)", opening: .new)
            } catch {
                guard case .alreadyThere = error else { throw error }
            }
        }
        throw .alreadyThere(file: "\(start).999")
    }
}
