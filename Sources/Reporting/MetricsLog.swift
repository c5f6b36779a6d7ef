package import Foundation

/// Means since the epoch's start, as they stand after a step.
package struct StepResult: Equatable, Sendable {
    /// The run's steps so far, this one included.
    package var step: Int
    /// Which epoch, from 1.
    package var epoch: Int
    /// Mean cross-entropy.
    package var loss: Double
    /// Share of samples that were classified rightly, 0 to 1.
    package var accuracy: Double
    /// Training samples a second.
    package var samplesPerSecond: Double

    /// Takes a step's figures.
    package init(
        step: Int,
        epoch: Int,
        loss: Double,
        accuracy: Double,
        samplesPerSecond: Double
    ) {
        self.step = step
        self.epoch = epoch
        self.loss = loss
        self.accuracy = accuracy
        self.samplesPerSecond = samplesPerSecond
    }
}

/// The run's `metrics.jsonl`: a line an epoch and every so many steps.
package final class MetricsLog: Sendable {
    /// The file's name in the run's folder.
    package static let fileName = "metrics.jsonl"

    /// The epochs that the log held when it was opened, each once, in order.
    ///
    /// A resumed run's summary begins with them. An epoch is missing here if the run died between
    /// its last step's checkpoint and its line.
    package let epochsBefore: [EpochResult]

    private let file: ReportFile

    /// Begins the log of a new run.
    ///
    /// - Throws: when the folder has one already or cannot be written to.
    package init(newInFolder folder: String) throws(ReportError) {
        file = try ReportFile(path: "\(folder)/\(Self.fileName)", opening: .new)
        epochsBefore = []
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
        let (size, epochs) = try Self.kept(of: file, upToStep: step)
        try file.cut(to: size)
        epochsBefore = epochs
    }

    /// Appends a step's line.
    ///
    /// - Throws: when the disk does not take it.
    package func append(_ result: StepResult, at time: Date) throws(ReportError) {
        try append(Line(step: result, time: time))
    }

    /// Appends an epoch's line; `step` is the run's steps at the epoch's end.
    ///
    /// - Throws: when the disk does not take it.
    package func append(_ result: EpochResult, step: Int, at time: Date) throws(ReportError) {
        try append(Line(epoch: result, step: step, time: time))
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

    /// How many bytes stay, and the epochs within them.
    private static func kept(
        of file: ReportFile,
        upToStep step: Int
    ) throws(ReportError) -> (size: Int, epochs: [EpochResult]) {
        var epochs: [EpochResult] = []
        var size = 0
        var last: Line?
        var lineCount = 0
        // A line a step at most, and that of an epoch once more for a start that died beside it.
        let lineCountMax = 4 * (step + 1)
        try file.forEachLine(lengthMax: lineLengthMax) { bytes in
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)),
                line.step <= step, last.map(line.mayFollow) ?? true, lineCount < lineCountMax
            else { return false }
            lineCount += 1
            if let epoch = line.epochResult {
                epochs.removeAll { $0.epoch >= epoch.epoch }
                epochs.append(epoch)
            }
            last = line
            size += bytes.count + 1
            return true
        }
        return (size, epochs)
    }
}

/// A line of the log.
private struct Line: Codable {
    enum Kind: String, Codable { case step, epoch }

    let kind: Kind
    let step: Int
    let stepResult: StepResult?
    let epochResult: EpochResult?
    let time: Double

    init(step result: StepResult, time: Date) {
        (kind, step, stepResult, epochResult) = (.step, result.step, result, nil)
        self.time = Self.rounded(time)
    }

    init(epoch result: EpochResult, step: Int, time: Date) {
        (kind, self.step, stepResult, epochResult) = (.epoch, step, nil, result)
        self.time = Self.rounded(time)
    }

    /// Whether a run may have written this line after `other`: a later step, or the end of an epoch
    /// after its last step.
    func mayFollow(_ other: Line) -> Bool {
        step > other.step || step == other.step && kind == .epoch
    }

    /// Seconds since 1970, to the millisecond.
    private static func rounded(_ time: Date) -> Double {
        (time.timeIntervalSince1970 * 1_000).rounded() / 1_000
    }

    private enum CodingKeys: String, CodingKey {
        case kind, step, time, epoch, loss, accuracy, samplesPerSecond
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        kind = try fields.decode(Kind.self, forKey: .kind)
        step = try fields.decode(Int.self, forKey: .step)
        time = try fields.decodeNumber(.time)
        switch kind {
        case .epoch: (stepResult, epochResult) = (nil, try EpochResult(from: decoder))
        case .step:
            epochResult = nil
            stepResult = StepResult(
                step: step,
                epoch: try fields.decode(Int.self, forKey: .epoch),
                loss: try fields.decodeNumber(.loss),
                accuracy: try fields.decodeNumber(.accuracy),
                samplesPerSecond: try fields.decodeNumber(.samplesPerSecond)
            )
        }
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(kind, forKey: .kind)
        try fields.encode(step, forKey: .step)
        try fields.encodeNumber(time, .time)
        try epochResult?.encode(to: encoder)
        if let stepResult {
            try fields.encode(stepResult.epoch, forKey: .epoch)
            try fields.encodeNumber(stepResult.loss, .loss)
            try fields.encodeNumber(stepResult.accuracy, .accuracy)
            try fields.encodeNumber(stepResult.samplesPerSecond, .samplesPerSecond)
        }
    }
}
