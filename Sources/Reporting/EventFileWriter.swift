package import Foundation

/// One scalar's value under its tag.
package struct Scalar: Equatable, Sendable {
    /// The name of the curve.
    package var tag: String
    /// Its value, which TensorBoard holds as binary32.
    package var value: Double

    /// Takes a tag and a value.
    package init(tag: String, value: Double) {
        self.tag = tag
        self.value = value
    }
}

/// A TensorBoard event file of scalars.
package final class EventFileWriter: Sendable {
    private let file: ReportFile

    /// The file's path.
    package var path: String { file.path }

    /// Begins a file in `folder`, beside those of earlier starts, with the name TensorBoard looks
    /// for.
    ///
    /// - Throws: when the folder cannot be made or written to.
    package init(folder: String, at time: Date) throws(ReportError) {
        let process = ProcessInfo.processInfo
        let second = DecimalText.fixed(time.timeIntervalSince1970, places: 0)
        let host = String(process.hostName.map { $0 == "/" ? "_" : $0 })
        let start = "\(folder)/events.out.tfevents.\(second).\(host).\(process.processIdentifier)"
        file = try Self.firstFree(start)
        try file.append(EventRecord.version(time: time.timeIntervalSince1970))
    }

    /// Appends a point of each scalar as one record.
    ///
    /// - Throws: when the disk does not take it.
    package func append(_ scalars: [Scalar], step: Int, at time: Date) throws(ReportError) {
        let record = EventRecord.scalars(scalars, step: step, time: time.timeIntervalSince1970)
        try file.append(record)
    }

    /// The first of `start`.0, `start`.1, … that is not there yet.
    private static func firstFree(_ start: String) throws(ReportError) -> ReportFile {
        for index in 0..<1_000 {
            do {
                // In a run's folder nothing that leads out of it is followed.
                return try ReportFile(
                    path: "\(start).\(index)",
                    opening: .new,
                    followsFolder: false
                )
            } catch {
                guard case .alreadyThere = error else { throw error }
            }
        }
        throw .alreadyThere(file: "\(start).999")
    }
}
