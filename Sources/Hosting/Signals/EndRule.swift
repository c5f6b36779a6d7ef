/// What a signal that asks for the end means, by those that came before it. Knows no clock.
struct EndRule: Equatable, Sendable {
    /// What to do about a signal.
    enum Decision: Equatable, Sendable {
        /// End in good order.
        case end
        /// Nothing: it is the first one once more.
        case pass
        /// End without waiting for anything.
        case endAtOnce
    }

    /// A signal within this time after the first is the same wish: timeout(1) sends two, to the
    /// process and to its group, and so does a shell whose terminal goes.
    private static let sameWishMax = Duration.seconds(1)

    /// An end in good order may take so long: with it, and what its workers take to see it, no
    /// process is left five seconds after the first signal.
    static let patience = Duration.seconds(4)

    private var first: Duration?

    /// Decides on a signal that came at `now`.
    mutating func decision(at now: Duration) -> Decision {
        guard let first else {
            first = now
            return .end
        }
        return now - first < Self.sameWishMax ? .pass : .endAtOnce
    }

    /// When waiting for the end is over; nil while nobody has asked for it.
    var deadline: Duration? { first.map { $0 + Self.patience } }
}
