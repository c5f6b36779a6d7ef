extension Coordinator {
    /// How a run ended.
    package enum Outcome: Equatable, Sendable {
        /// All rounds are complete.
        case completed
        /// The operator stopped it.
        case stopped
        /// A wrong answer was found in a round that is over, or only a wrong worker's word stands
        /// for such a round: whatever came after `Position` must be computed again from a
        /// checkpoint that is no later.
        case corrupted(after: Position)
    }
}
