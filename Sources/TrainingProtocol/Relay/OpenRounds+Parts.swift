/// Parts of rounds, as a relay is leased them.
extension OpenRounds {
    /// Goes on to a part that was not leased ahead.
    mutating func beginPart(_ part: RoundShape, among roster: Roster, at now: Duration) {
        roster.divideShares(into: &shares)
        current.begin(part, shares: shares)
        watch.turn(at: now)
    }

    /// Leases a part ahead, or none any more.
    mutating func lookAhead(to part: RoundShape?, among roster: Roster) {
        guard let part else {
            next = nil
            return
        }
        var opened = next.take() ?? RoundProgress(verification: .none)
        roster.divideShares(into: &shares)
        opened.begin(part, shares: shares)
        next = opened
    }

    /// Leaves nothing to be computed with the parameters that are there.
    mutating func closePart() { current.begin(RoundShape(), shares: []) }

    /// Leaves nothing to be computed.
    mutating func closeParts() {
        closePart()
        next = nil
    }
}
