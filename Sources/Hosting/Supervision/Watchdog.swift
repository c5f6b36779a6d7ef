/// A loop's signs of life to systemd, and to those who ask for its health: it is the loop itself
/// that shows that it turns.
package struct Watchdog {
    private let supervision: Supervision
    private let period: Duration?
    private var nextDeadline: Duration?

    /// Of a loop that is at time zero.
    package init(_ supervision: Supervision) {
        self.supervision = supervision
        let periods = [
            supervision.notifier?.signOfLifePeriod, supervision.health.signOfLifePeriod,
        ]
        period = periods.compactMap { $0 }.min()
        nextDeadline = period.map { _ in .zero }
    }

    /// How long the loop may wait at `now`: until its own `deadline`, or until the next sign is
    /// due.
    package func timeout(until deadline: Duration?, at now: Duration) -> Duration? {
        guard let next = nextDeadline.map({ min($0, deadline ?? $0) }) ?? deadline else {
            return nil
        }
        return max(next - now, .zero)
    }

    /// Gives a sign if one is due.
    package mutating func beat(at now: Duration) {
        guard let period, let deadline = nextDeadline, deadline <= now else { return }
        if let notifier = supervision.notifier, notifier.signOfLifePeriod != nil {
            notifier.signOfLife()
        }
        supervision.health.beat()
        nextDeadline = now + period
    }
}
