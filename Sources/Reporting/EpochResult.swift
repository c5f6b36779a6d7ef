/// What an epoch came to.
package struct EpochResult: Equatable, Sendable {
    /// Which epoch, from 1.
    package var epoch: Int
    /// Mean cross-entropy over the epoch's training samples.
    package var loss: Double
    /// Share of the epoch's training samples that were classified rightly, 0 to 1.
    package var accuracy: Double
    /// Mean cross-entropy over the held-out samples, or nil where none are held out.
    package var validationLoss: Double?
    /// Share of the held-out samples that were classified rightly, or nil where there are none.
    package var validationAccuracy: Double?
    /// How long the epoch took, in seconds.
    package var seconds: Double
    /// Training samples a second.
    package var samplesPerSecond: Double

    /// Takes the figures of an epoch.
    package init(
        epoch: Int,
        loss: Double,
        accuracy: Double,
        validationLoss: Double? = nil,
        validationAccuracy: Double? = nil,
        seconds: Double,
        samplesPerSecond: Double
    ) {
        self.epoch = epoch
        self.loss = loss
        self.accuracy = accuracy
        self.validationLoss = validationLoss
        self.validationAccuracy = validationAccuracy
        self.seconds = seconds
        self.samplesPerSecond = samplesPerSecond
    }
}

extension EpochResult: Codable {
    private enum CodingKeys: String, CodingKey {
        case epoch, loss, accuracy, validationLoss, validationAccuracy, seconds, samplesPerSecond
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        epoch = try fields.decode(Int.self, forKey: .epoch)
        loss = try fields.decodeNumber(.loss)
        accuracy = try fields.decodeNumber(.accuracy)
        validationLoss = try fields.decodeNumberIfPresent(.validationLoss)
        validationAccuracy = try fields.decodeNumberIfPresent(.validationAccuracy)
        seconds = try fields.decodeNumber(.seconds)
        samplesPerSecond = try fields.decodeNumber(.samplesPerSecond)
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(epoch, forKey: .epoch)
        try fields.encodeNumber(loss, .loss)
        try fields.encodeNumber(accuracy, .accuracy)
        try fields.encodeNumberIfPresent(validationLoss, .validationLoss)
        try fields.encodeNumberIfPresent(validationAccuracy, .validationAccuracy)
        try fields.encodeNumber(seconds, .seconds)
        try fields.encodeNumber(samplesPerSecond, .samplesPerSecond)
    }
}
