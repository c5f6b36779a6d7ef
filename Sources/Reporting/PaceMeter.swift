package import Figures

/// Tells how fast training went between two looks at it.
package struct PaceMeter: Equatable, Sendable {
    /// Where an epoch stood at the last look.
    private var last: StepRecord?

    /// Has not looked yet.
    package init() {}

    /// Training samples a second since the last look, or since the epoch's start where that was
    /// later.
    package mutating func samplesPerSecond(at record: StepRecord) -> Double {
        defer { last = record }
        guard let last, last.epoch.epochIndex == record.epoch.epochIndex,
            last.elapsedStepCount < record.elapsedStepCount
        else { return record.epoch.throughputSamplesPerSecond }
        let seconds = record.epoch.seconds - last.epoch.seconds
        let sampleCount = Self.sampleCount(record.epoch) - Self.sampleCount(last.epoch)
        return seconds > 0 ? sampleCount / seconds : record.epoch.throughputSamplesPerSecond
    }

    private static func sampleCount(_ epoch: EpochRecord) -> Double {
        epoch.throughputSamplesPerSecond * epoch.seconds
    }
}
