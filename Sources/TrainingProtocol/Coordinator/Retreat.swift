/// Where the run could go back to.
struct Retreat: Equatable, Sendable {
    let position: Position
    /// Whether a wrong answer is known to be in what came after; otherwise it is in doubt.
    let isCertain: Bool
}
