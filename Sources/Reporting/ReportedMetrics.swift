internal import Figures

/// Metrics as the files of a run have them: null for a number that is not finite.
struct ReportedMetrics: Encodable {
    let metrics: Metrics

    init(_ metrics: Metrics) { self.metrics = metrics }

    private enum CodingKeys: String, CodingKey { case loss, accuracy }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeNumber(metrics.loss, .loss)
        try fields.encodeNumber(metrics.accuracy, .accuracy)
    }
}
