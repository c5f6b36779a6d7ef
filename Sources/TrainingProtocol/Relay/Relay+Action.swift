extension Relay {
    /// What the service must do.
    package enum Action: Equatable, Sendable {
        /// Sends a message to the coordinator; the payload of an answer, or of an early segment, is
        /// the sum of its work.
        case sendUp(WorkerMessage)

        /// Sends a message to a worker; its payload is implied: a work's samples are a part of
        /// those that are stored, parameters are the stored ones, a welcome says what the
        /// coordinator's said.
        case sendDown(CoordinatorMessage, to: WorkerID)

        /// Gets ready for a run; what was stored before is void.
        case prepare(InputSettings)

        /// Stores the payload just received as this work's samples.
        case storeSamples(Work)

        /// Takes the payload just received as the parameters of this version.
        case storeParameters(version: Int)

        /// Begins the sum of a work that the coordinator has leased, of `shardCount` shards, anew.
        case beginSum(Work, shardCount: Int)

        /// Adds the payload of the message just received, a part's answer, to the sum of `whole`.
        case accept(Work, of: Work)

        /// Keeps the fully connected segment just received until `whole` has all of them, or the
        /// answer comes that it belongs to.
        case acceptEarlySegment(Work, of: Work)

        /// Drops the samples and the sum of a work that was leased.
        case discard(Work)

        /// Tells the operator.
        case report(Coordinator.Notice)

        /// Ends the service.
        case end(Worker.Outcome)
    }
}
