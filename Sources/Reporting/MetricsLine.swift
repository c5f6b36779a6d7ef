package import Figures
package import Foundation
import JSON

/// A line of a run's figures: those after a step, or of an epoch.
package struct MetricsLine: Equatable, Sendable {
    /// What a line is of.
    package enum Kind: String, Sendable {
        /// A step, and the epoch so far.
        case step
        /// A whole epoch.
        case epoch
    }

    /// What it is of.
    package let kind: Kind
    /// Optimizer steps of the run so far.
    package let step: Int
    /// The other fields; what is no finite number is there as not-a-number.
    private let numbers: [MetricsField: Double]

    /// The number of a field; nil where the line has none.
    package subscript(_ field: MetricsField) -> Double? { numbers[field] }

    /// The figures after a step.
    ///
    /// - Parameter samplesPerSecond: since the line before.
    package init(
        _ record: StepRecord,
        samplesPerSecond: Double,
        learningRate: Double,
        at time: Date
    ) {
        (kind, step) = (.step, record.completedStepCount)
        numbers = Self.rounded(time).merging([
            .epoch: Double(record.epoch.epochIndex + 1),
            .loss: record.own.loss, .accuracy: record.own.accuracy,
            .runningLoss: record.epoch.training.loss,
            .runningAccuracy: record.epoch.training.accuracy,
            .samplesPerSecond: samplesPerSecond, .learningRate: learningRate,
        ]) { $1 }
    }

    /// The figures of an epoch; `step` is the run's steps at its end, `state` what its layers look
    /// like then, where that is known.
    package init(
        _ record: EpochRecord,
        _ state: EpochState?,
        step: Int,
        learningRate: Double,
        at time: Date
    ) {
        (kind, self.step) = (.epoch, step)
        var numbers = Self.rounded(time).merging([
            .epoch: Double(record.epochIndex + 1),
            .loss: record.training.loss, .accuracy: record.training.accuracy,
            .samplesPerSecond: record.throughputSamplesPerSecond, .learningRate: learningRate,
            .seconds: record.seconds,
        ]) { $1 }
        numbers[.weightNorm] = state?.weightNorm
        numbers[.validationLoss] = record.validation?.loss
        numbers[.validationAccuracy] = record.validation?.accuracy
        numbers[.averageValidationLoss] = record.averageValidation?.loss
        numbers[.averageValidationAccuracy] = record.averageValidation?.accuracy
        numbers[.gradientNorm] = state?.gradientNorm
        self.numbers = numbers
    }

    /// Seconds since 1970, to the millisecond.
    private static func rounded(_ time: Date) -> [MetricsField: Double] {
        [.time: (time.timeIntervalSince1970 * 1_000).rounded() / 1_000]
    }

    /// Reads a line; nil unless it is whole and has the figures of its kind.
    package init?(parsing line: ArraySlice<UInt8>) {
        guard let json = try? StrictJSON(parsing: line) else { return nil }
        self.init(json)
    }

    /// Reads a line of this version, or of the one before it.
    init?(_ json: StrictJSON) {
        guard let kind = json[MetricsField.kind.rawValue]?.string.flatMap(Kind.init(rawValue:)),
            let step = json[MetricsField.step.rawValue]?.count, step <= Self.stepMax
        else { return nil }
        let isOld = json[MetricsField.formatVersion.rawValue] == nil
        var numbers: [MetricsField: Double] = [:]
        for field in MetricsField.allCases where !Self.ownFields.contains(field) {
            numbers[field] = json[isOld ? Self.oldName(of: field) : field.rawValue]?.double
        }
        if isOld, kind == .step {
            // The mean over the epoch so far went by the step's name.
            numbers[.runningLoss] = numbers[.loss]
            numbers[.runningAccuracy] = numbers[.accuracy]
        }
        guard Self.needed.allSatisfy({ numbers[$0] != nil }),
            (numbers[.seconds] != nil) == (kind == .epoch)
        else { return nil }
        (self.kind, self.step, self.numbers) = (kind, step, numbers)
    }

    /// More steps than a run takes in a year, and few enough to add those of many lines.
    static let stepMax = 1 << 40

    private static let needed: [MetricsField] = [
        .time, .epoch, .loss, .accuracy, .samplesPerSecond,
    ]

    /// Fields that are no number of the line's.
    private static let ownFields: Set<MetricsField> = [.kind, .step, .formatVersion]

    private static func oldName(of field: MetricsField) -> String {
        switch field {
        case .validationLoss: "validationLoss"
        case .validationAccuracy: "validationAccuracy"
        default: field.rawValue
        }
    }

    /// Whether a run may have written this line after `other`: a later step, or the end of an epoch
    /// after its last step.
    func mayFollow(_ other: MetricsLine) -> Bool {
        step > other.step || step == other.step && kind == .epoch
    }
}

/// The line as text.
extension MetricsLine {
    /// A JSON object, its keys sorted; a number that is not finite is null.
    var json: String {
        let members = Self.sortedFields.compactMap { field in
            text(of: field).map { text in
                let value = field == .kind ? StrictJSON.quoted(text) : text
                return "\"\(field.rawValue)\":\(value == Self.nothing ? "null" : value)"
            }
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// A row of the table; a number that is not finite is `nan`, one that is not there is empty.
    var row: String {
        MetricsField.allCases.map { text(of: $0) ?? "" }.joined(separator: ",")
    }

    /// The table's first row.
    static var header: String { MetricsField.allCases.map(\.rawValue).joined(separator: ",") }

    private static let sortedFields = MetricsField.allCases.sorted { $0.rawValue < $1.rawValue }

    private static let nothing = "nan"

    private func text(of field: MetricsField) -> String? {
        switch field {
        case .kind: kind.rawValue
        case .step: "\(step)"
        case .formatVersion: "\(MetricsField.version)"
        default: numbers[field].map(Self.text)
        }
    }

    /// The shortest text that reads back as the number.
    private static func text(of number: Double) -> String {
        guard number.isFinite else { return nothing }
        let isWhole = number == number.rounded() && number.magnitude < 1e15
        return isWhole ? "\(Int(number))" : "\(number)"
    }
}
