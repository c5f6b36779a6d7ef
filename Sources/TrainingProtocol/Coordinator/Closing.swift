/// The end of a run: all is decided, and workers take leave until a deadline.
struct Closing: Equatable, Sendable {
    let outcome: Coordinator.Outcome
    let deadline: Duration
    /// Who has yet to take leave.
    private(set) var workers: [WorkerID]
    private let stamp: RunStamp

    /// Tells every worker that its part is over.
    init(
        _ outcome: Coordinator.Outcome,
        of roster: Roster,
        _ settings: Coordinator.Settings,
        at now: Duration,
        into actions: inout [Coordinator.Action]
    ) {
        let deadline = now + settings.closingMax
        self.init(outcome, of: roster, settings.stamp, until: deadline, into: &actions)
    }

    /// Tells every worker that its part is over.
    init(
        _ outcome: Coordinator.Outcome,
        of roster: Roster,
        _ stamp: RunStamp,
        until deadline: Duration,
        into actions: inout [Coordinator.Action]
    ) {
        self.outcome = outcome
        self.deadline = deadline
        workers = roster.members.map(\.worker)
        self.stamp = stamp
        for worker in workers { actions.append(.send(.finish(stamp), to: worker)) }
    }

    /// Takes a worker's message.
    mutating func received(
        _ message: WorkerMessage,
        from worker: WorkerID,
        into actions: inout [Coordinator.Action]
    ) {
        switch message {
        case .hello, .heartbeat:
            // It came too late to take part, and it may have missed the first `finish`.
            actions.append(.send(.finish(stamp), to: worker))
        case .answer, .earlySegment:
            // Work of a round that was complete, or that the stop cut short.
            break
        case .goodbye:
            lose(worker)
        }
    }

    /// Waits for a worker no longer.
    mutating func lose(_ worker: WorkerID) { workers.removeAll { $0 == worker } }

    /// What comes next: the last worker to go ends the run.
    func next(into actions: inout [Coordinator.Action]) -> Coordinator.State {
        guard workers.isEmpty else { return .closing(self) }
        actions.append(.end(outcome))
        return .ended
    }
}
