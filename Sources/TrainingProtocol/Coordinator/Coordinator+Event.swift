extension Coordinator {
    /// What happened.
    package enum Event: Equatable, Sendable {
        /// A worker's message arrived; if it has a payload, the service holds it until the actions
        /// are done.
        case received(WorkerMessage, from: WorkerID)

        /// The service has carried out `compare` or `recompute`; `wrong` gave other bits than the
        /// coordinator's own computation.
        case compared(Work, wrong: [WorkerID])

        /// A worker's answer, which was not taken, gave other bits than the coordinator's own
        /// computation.
        case refuted(Work, WorkerID)

        /// The transport found that a worker is gone or does not take messages any more.
        case disconnected(WorkerID)

        /// The service has carried out `findCheckpoint`: the newest checkpoint from before is of
        /// this position; nil if there is none.
        case foundCheckpoint(Position?, before: Position)

        /// An epoch that was recorded is judged: training ends with it, or goes on.
        case judged(isEnough: Bool)

        /// The time of `nextDeadline` has come.
        case deadlineReached

        /// The operator asked for an orderly end.
        case stopRequested
    }
}
