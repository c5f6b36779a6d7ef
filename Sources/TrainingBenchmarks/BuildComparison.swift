/// A run of this build, and one of another beside it if there is one.
struct MeasuredPair {
    let own: TrainingMeasurement
    let other: TrainingMeasurement?
}

/// What pairs of runs, in turns, say about two builds.
struct BuildComparison {
    private let own, other: [TrainingMeasurement]

    /// Takes the pairs; nil where there is no other build.
    init?(_ pairs: [MeasuredPair]) {
        let whole = pairs.filter { $0.other != nil }
        (own, other) = (whole.map(\.own), whole.compactMap(\.other))
        if own.isEmpty { return nil }
    }

    /// A line on the samples a second, and one on the whole run.
    func lines() -> [String] {
        let speeds = other.map(\.samplesPerSecond)
        let seconds = other.map(\.totalSeconds)
        let speedRatios = PairedRatios(own.map(\.samplesPerSecond), by: speeds)
        let timeRatios = PairedRatios(own.map(\.totalSeconds), by: seconds)
        return [
            "  the other build: \(TrainingTable.whole(PairedRatios.median(speeds))) samples/s; this one"
                + " \(Self.text(speedRatios, "times as many"))",
            "  its whole run: \(TrainingTable.decimal(PairedRatios.median(seconds))) s; this one"
                + " \(Self.text(timeRatios, "of the time"))",
        ]
    }

    private static func text(_ ratios: PairedRatios, _ unit: String) -> String {
        "\(TrainingTable.hundredths(ratios.median)) \(unit) (\(TrainingTable.hundredths(ratios.least)) to"
            + " \(TrainingTable.hundredths(ratios.greatest)) in \(ratios.count)"
            + " pair\(ratios.count == 1 ? "" : "s"))"
    }
}
