extension Relay {
    /// What happened.
    package enum Event: Equatable, Sendable {
        /// The transport has a connection to the coordinator, for the first time or again.
        case connected

        /// The transport lost its connection to the coordinator; it tries to get another by itself.
        case disconnected

        /// The coordinator's message arrived; if it has a payload, the service holds it until the
        /// actions are done. If that is samples, they make `shardCount` shards.
        case receivedFromAbove(CoordinatorMessage, shardCount: Int)

        /// A worker's message arrived; if it has a payload, the service holds it until the actions
        /// are done.
        case receivedFromBelow(WorkerMessage, from: WorkerID)

        /// The transport found that a worker is gone or does not take messages any more.
        case lost(WorkerID)

        /// The time of `nextDeadline` has come.
        case deadlineReached

        /// The operator asked the relay to leave.
        case leaveRequested
    }
}
