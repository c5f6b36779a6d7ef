/// Durations, counted below fixed bounds: noting one asks for no memory.
package struct DurationHistogram: Sendable {
    /// The bounds, in seconds.
    package static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
        10,
    ]

    /// How many lie at or below each bound and above the one before.
    private(set) var counts = InlineArray<16, Int>(repeating: 0)
    /// How many there are.
    package private(set) var count = 0
    /// Their sum.
    package private(set) var seconds = 0.0

    /// Has counted nothing yet.
    package init() {}

    /// Counts a duration.
    package mutating func note(seconds duration: Double) {
        count += 1
        seconds += duration
        for index in Self.bounds.indices where duration <= Self.bounds[index] {
            counts[index] += 1
            return
        }
    }
}
