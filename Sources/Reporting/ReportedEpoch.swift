internal import Figures

/// An epoch's figures as the files of a run have them: its number from 1, validation beside
/// training, and null for a number that is not finite.
struct ReportedEpoch: Encodable {
    let record: EpochRecord
    /// Whether the epoch is over: what it took is left out before.
    let isOver: Bool

    init(_ record: EpochRecord, isOver: Bool = true) {
        (self.record, self.isOver) = (record, isOver)
    }

    private enum CodingKeys: String, CodingKey {
        case epoch, loss, accuracy, validationLoss, validationAccuracy
        case emaValidationLoss, emaValidationAccuracy, seconds, samplesPerSecond
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(record.epochIndex + 1, forKey: .epoch)
        try fields.encodeNumber(record.training.loss, .loss)
        try fields.encodeNumber(record.training.accuracy, .accuracy)
        try fields.encodeNumberIfPresent(record.validation?.loss, .validationLoss)
        try fields.encodeNumberIfPresent(record.validation?.accuracy, .validationAccuracy)
        if let average = record.averageValidation {
            try fields.encodeNumber(average.loss, .emaValidationLoss)
            try fields.encodeNumber(average.accuracy, .emaValidationAccuracy)
        }
        if isOver { try fields.encodeNumber(record.seconds, .seconds) }
        try fields.encodeNumber(record.throughputSamplesPerSecond, .samplesPerSecond)
    }
}
