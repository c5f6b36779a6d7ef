import Figures
import JSON

/// The figures of an epoch as a checkpoint's metadata holds them.
extension EpochRecord {
    /// A JSON object that `init(_:)` reads.
    var checkpointText: String {
        let validation = validation.map { ",\"validation\":" + $0.checkpointText } ?? ""
        let average =
            averageValidation.map { ",\"averageValidation\":" + $0.checkpointText } ?? ""
        return "{\"epochIndex\":\(epochIndex),\"training\":" + training.checkpointText
            + validation + average + ",\"seconds\":\(seconds.checkpointText)"
            + ",\"throughputSamplesPerSecond\":\(throughputSamplesPerSecond.checkpointText)}"
    }

    /// Reads what ``RunIdentity`` has written; nil if something is missing.
    init?(_ json: StrictJSON) {
        guard let index = json["epochIndex"]?.count,
            let training = json["training"].flatMap(Metrics.init),
            let seconds = json["seconds"]?.figure,
            let throughput = json["throughputSamplesPerSecond"]?.figure
        else { return nil }
        let validation = json["validation"].map(Metrics.init)
        let average = json["averageValidation"].map(Metrics.init)
        if case .some(nil) = validation { return nil }
        if case .some(nil) = average { return nil }
        self.init(
            epochIndex: index,
            training: training,
            validation: validation ?? nil,
            seconds: seconds,
            throughputSamplesPerSecond: throughput
        )
        averageValidation = average ?? nil
    }
}

extension Metrics {
    fileprivate var checkpointText: String {
        "{\"loss\":\(loss.checkpointText),\"accuracy\":\(accuracy.checkpointText)}"
    }

    fileprivate init?(_ json: StrictJSON) {
        guard let loss = json["loss"]?.figure, let accuracy = json["accuracy"]?.figure else {
            return nil
        }
        self.init(loss: loss, accuracy: accuracy)
    }
}

extension StrictJSON {
    /// A number, or the word for one that JSON does not have.
    fileprivate var figure: Double? {
        switch string {
        case "inf": .infinity
        case "-inf": -.infinity
        case "nan": .nan
        case nil: double
        default: nil
        }
    }
}

extension Double {
    /// A number, or the word for one that JSON does not have.
    fileprivate var checkpointText: String {
        if isNaN { return "\"nan\"" }
        if isInfinite { return self < 0 ? "\"-inf\"" : "\"inf\"" }
        return description
    }
}
