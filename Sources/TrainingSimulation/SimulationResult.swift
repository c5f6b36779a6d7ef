/// How a simulated run ended.
package struct SimulationResult: Equatable, Sendable {
    /// What it was drawn from.
    package let seed: UInt64
    /// What was wrong; nil if the run ended in time at the right digest.
    package let failure: String?
    /// The virtual time that it took.
    package let duration: Duration
    /// How many things happened in it.
    package let eventCount: Int
    /// A hash over all of them, the same in any process.
    package let traceDigest: UInt64
    /// What happened, a line each, if text was asked for.
    package let traceLines: [String]
}
