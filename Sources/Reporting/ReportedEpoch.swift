internal import Figures

/// An epoch's figures as the files of a run have them: its number from 1, validation beside
/// training, and null for a number that is not finite.
struct ReportedEpoch: Codable {
    let record: EpochRecord
    /// Whether the epoch is over: what it took is left out before.
    let isOver: Bool

    init(_ record: EpochRecord, isOver: Bool = true) {
        (self.record, self.isOver) = (record, isOver)
    }

    private enum CodingKeys: String, CodingKey {
        case epoch, loss, accuracy, validationLoss, validationAccuracy, seconds, samplesPerSecond
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        isOver = fields.contains(.seconds)
        let validationLoss = try fields.decodeNumberIfPresent(.validationLoss)
        let validationAccuracy = try fields.decodeNumberIfPresent(.validationAccuracy)
        var validation: Metrics?
        if let validationLoss, let validationAccuracy {
            validation = Metrics(loss: validationLoss, accuracy: validationAccuracy)
        }
        record = EpochRecord(
            epochIndex: try fields.decode(Int.self, forKey: .epoch) - 1,
            training: Metrics(
                loss: try fields.decodeNumber(.loss),
                accuracy: try fields.decodeNumber(.accuracy)
            ),
            validation: validation,
            seconds: try fields.decodeNumberIfPresent(.seconds) ?? .nan,
            throughputSamplesPerSecond: try fields.decodeNumber(.samplesPerSecond)
        )
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(record.epochIndex + 1, forKey: .epoch)
        try fields.encodeNumber(record.training.loss, .loss)
        try fields.encodeNumber(record.training.accuracy, .accuracy)
        try fields.encodeNumberIfPresent(record.validation?.loss, .validationLoss)
        try fields.encodeNumberIfPresent(record.validation?.accuracy, .validationAccuracy)
        if isOver { try fields.encodeNumber(record.seconds, .seconds) }
        try fields.encodeNumber(record.throughputSamplesPerSecond, .samplesPerSecond)
    }
}
