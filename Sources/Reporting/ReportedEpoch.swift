internal import Figures

/// An epoch's figures as `summary.json` has them: its number from 1, validation beside training,
/// and null for a number that is not finite.
struct ReportedEpoch: Encodable {
    let record: EpochRecord

    init(_ record: EpochRecord) { self.record = record }

    private enum CodingKeys: String, CodingKey {
        case epoch, loss, accuracy, seconds, samplesPerSecond
        case validationLoss = "val_loss"
        case validationAccuracy = "val_accuracy"
        case averageValidationLoss = "ema_val_loss"
        case averageValidationAccuracy = "ema_val_accuracy"
        // What version 1 called the same two; programs read them.
        case formerValidationLoss = "validationLoss"
        case formerValidationAccuracy = "validationAccuracy"
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(record.epochIndex + 1, forKey: .epoch)
        try fields.encodeNumber(record.training.loss, .loss)
        try fields.encodeNumber(record.training.accuracy, .accuracy)
        try fields.encodeNumberIfPresent(record.validation?.loss, .validationLoss)
        try fields.encodeNumberIfPresent(record.validation?.accuracy, .validationAccuracy)
        try fields.encodeNumberIfPresent(record.validation?.loss, .formerValidationLoss)
        try fields.encodeNumberIfPresent(record.validation?.accuracy, .formerValidationAccuracy)
        try fields.encodeNumberIfPresent(record.averageValidation?.loss, .averageValidationLoss)
        try fields.encodeNumberIfPresent(
            record.averageValidation?.accuracy,
            .averageValidationAccuracy
        )
        try fields.encodeNumber(record.seconds, .seconds)
        try fields.encodeNumber(record.throughputSamplesPerSecond, .samplesPerSecond)
    }
}
