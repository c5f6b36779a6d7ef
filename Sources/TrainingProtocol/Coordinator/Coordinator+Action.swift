extension Coordinator {
    /// What the service must do.
    package enum Action: Equatable, Sendable {
        /// Sends a message; its payload is implied: a work's samples, or the parameters of that
        /// version.
        case send(CoordinatorMessage, to: WorkerID)

        /// Adds the payload of the message just received to the round's sum, at the subtree's
        /// place; if it `isKept`, a copy of it and its parameters stay until `forget`.
        case accept(Work, isKept: Bool)

        /// Keeps the fully connected segment just received until its round has all of them, or the
        /// answer comes that it belongs to.
        case acceptEarlySegment(Work)

        /// Lets the optimizer make the fully connected segment of step `index`: every answer, or
        /// its early segment, is there. `applyStep` makes the rest; `discard` undoes it.
        case applyEarlySegment(index: Int)

        /// Compares the payload just received with the one that was kept, then comes back with
        /// `compared`; if they differ, the work is computed here to see who is wrong.
        case compare(Work, first: WorkerID, second: WorkerID)

        /// Computes the work here and compares it with the answer that was kept, for want of a
        /// second worker; then comes back with `compared`.
        case recompute(Work, first: WorkerID)

        /// Drops what was kept of a work.
        case forget(Work)

        /// Looks for the newest checkpoint at or before a position, then comes back with
        /// `foundCheckpoint`.
        case findCheckpoint(before: Position)

        /// Drops a round's sum: the round begins anew.
        case discard(Round)

        /// Divides the sum by the batch's samples and lets the optimizer make step `index` (from
        /// 0).
        case applyStep(index: Int)

        /// Closes an epoch with the validation round's sums (all zero where the split is empty).
        case recordEpoch(index: Int)

        /// Takes the test round's sums as the run's result.
        case recordTest

        /// Hands the state after the current position to the checkpoint writer.
        case saveCheckpoint(Position)

        /// Tells the operator.
        case report(Notice)

        /// Ends the service: every worker has left or had its time.
        case end(Outcome)
    }
}
