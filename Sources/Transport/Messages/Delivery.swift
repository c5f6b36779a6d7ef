/// What became of a message that was to be sent.
package enum Delivery: Equatable, Sendable {
    /// It is on its way; it may still be lost with its connection.
    case sent
    /// There is no way to the other side any more, or none that takes messages.
    case lost
    /// This transport has no way to the other side for such a message; another may have.
    case unsuited
}
