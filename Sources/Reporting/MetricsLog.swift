package import Figures
package import Foundation
import JSON

/// The run's `metrics.jsonl`: a line each epoch and each `--log-every` steps.
package final class MetricsLog: Sendable {
    /// The file's name in the run's folder.
    package static let fileName = "metrics.jsonl"

    private let file: ReportFile

    /// Begins the log of a new run.
    ///
    /// - Throws: when the folder has one already or cannot be written to.
    package init(newInFolder folder: String) throws(ReportError) {
        file = try ReportFile(path: "\(folder)/\(Self.fileName)", opening: .new)
    }

    /// Continues the log of a run from `step`, or begins it where there is none.
    ///
    /// Lines of later steps are cut off, for the resumed run writes them again; so is everything
    /// from the first line on that is torn or none of ours, or of a step before the line above it.
    /// So no more is read than a run of that many steps can have written, however large the file
    /// is.
    ///
    /// - Throws: when the file cannot be read, cut or written to.
    package init(folder: String, resumingAtStep step: Int) throws(ReportError) {
        file = try ReportFile(path: "\(folder)/\(Self.fileName)", opening: .continued)
        try file.cut(to: try Self.keptSize(of: file, upToStep: step))
    }

    /// Appends a step's line.
    ///
    /// - Throws: when the disk does not take it.
    package func append(_ record: StepRecord, at time: Date) throws(ReportError) {
        try append(Line(step: record, time: time))
    }

    /// Appends an epoch's line; `step` is the run's steps at the epoch's end.
    ///
    /// - Throws: when the disk does not take it.
    package func append(_ record: EpochRecord, step: Int, at time: Date) throws(ReportError) {
        try append(Line(epoch: record, step: step, time: time))
    }

    private func append(_ line: Line) throws(ReportError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try encoder.encode(line)) + [UInt8(ascii: "\n")]
        } catch {
            throw .unrepresentable(file: file.path, reason: "\(error)")
        }
        try file.append(bytes)
    }

    /// More than any line of ours has.
    private static let lineLengthMax = 4_096

    /// How many bytes stay.
    private static func keptSize(
        of file: ReportFile,
        upToStep step: Int
    ) throws(ReportError) -> Int {
        var size = 0
        var last: LinePlace?
        var lineCount = 0
        // A line a step at most, and that of an epoch once more for a start that died beside it.
        let lineCountMax = 4 * (step + 1)
        try file.forEachLine(lengthMax: lineLengthMax) { bytes in
            guard let place = LinePlace(of: bytes), place.step <= step,
                last.map(place.mayFollow) ?? true, lineCount < lineCountMax
            else { return false }
            lineCount += 1
            last = place
            size += bytes.count + 1
            return true
        }
        return size
    }
}

/// Where a line of the log belongs.
private struct LinePlace {
    enum Kind: String, Encodable { case step, epoch }

    let kind: Kind
    let step: Int

    /// Reads a line; nil unless it is whole and has the figures of its kind.
    init?(of line: ArraySlice<UInt8>) {
        guard let json = try? StrictJSON(parsing: line),
            let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)),
            let step = json["step"]?.count,
            Self.figures.allSatisfy({ json[$0]?.double != nil }),
            (json["seconds"]?.double != nil) == (kind == .epoch)
        else { return nil }
        (self.kind, self.step) = (kind, step)
    }

    private static let figures = ["time", "epoch", "loss", "accuracy", "samplesPerSecond"]

    /// Whether a run may have written this line after `other`: a later step, or the end of an epoch
    /// after its last step.
    func mayFollow(_ other: LinePlace) -> Bool {
        step > other.step || step == other.step && kind == .epoch
    }
}

/// A line of the log.
private struct Line: Encodable {
    private let kind: LinePlace.Kind
    private let step: Int
    private let time: Double
    private let epoch: ReportedEpoch

    init(step record: StepRecord, time: Date) {
        (kind, step) = (.step, record.completedStepCount)
        epoch = ReportedEpoch(record.epoch, isOver: false)
        self.time = Self.rounded(time)
    }

    init(epoch record: EpochRecord, step: Int, time: Date) {
        (kind, self.step, epoch) = (.epoch, step, ReportedEpoch(record))
        self.time = Self.rounded(time)
    }

    /// Seconds since 1970, to the millisecond.
    private static func rounded(_ time: Date) -> Double {
        (time.timeIntervalSince1970 * 1_000).rounded() / 1_000
    }

    private enum CodingKeys: String, CodingKey { case kind, step, time }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(kind, forKey: .kind)
        try fields.encode(step, forKey: .step)
        try fields.encodeNumber(time, .time)
        try epoch.encode(to: encoder)
    }
}
