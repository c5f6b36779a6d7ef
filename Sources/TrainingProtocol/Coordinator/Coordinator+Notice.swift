extension Coordinator {
    /// What the operator should know.
    package enum Notice: Equatable, Sendable {
        /// A worker was taken in; `workerCount` take part now.
        case workerJoined(WorkerID, workerCount: Int)

        /// A worker is gone; `workerCount` are left.
        case workerLost(WorkerID, Loss, workerCount: Int)

        /// No round can go on until more workers come.
        case waitingForWorkers(workerCount: Int, needed: Int)

        /// Batches have fewer shards than there are workers: some only wait.
        case workersSpare(workerCount: Int, shardCount: Int)

        /// A worker speaks another version of the protocol.
        case workerRefused(WorkerID, protocolVersion: Int)

        /// A worker gave a wrong answer and takes no part any more.
        case workerDistrusted(WorkerID, Work)

        /// Only the word of a worker that was found wrong stands for these steps, and the run does
        /// not go back for them.
        case stepsInDoubt(SoleAnswers)

        /// A round takes much longer than usual; these workers owe these shards of it.
        case roundOverdue(Round, lasting: Duration, debts: [Debt])
    }

    /// What a worker owes to a round that is overdue.
    package struct Debt: Equatable, Sendable {
        /// Who owes it.
        package let worker: WorkerID
        /// Which shards.
        package let shards: Range<Int>
        /// Whether the worker should be computing them; otherwise it has others to compute first.
        package let isBegun: Bool
        /// Since when: the beginning if it has begun, otherwise the round's.
        package let duration: Duration
        /// How long nothing has been heard from the worker.
        package let silence: Duration

        /// Describes a debt.
        package init(
            worker: WorkerID,
            shards: Range<Int>,
            isBegun: Bool,
            duration: Duration,
            silence: Duration
        ) {
            self.worker = worker
            self.shards = shards
            self.isBegun = isBegun
            self.duration = duration
            self.silence = silence
        }
    }

    /// How a worker was lost.
    package enum Loss: Equatable, Sendable {
        /// It said goodbye.
        case left
        /// The transport lost it.
        case disconnected
        /// Nothing was heard from it for too long.
        case silent
        /// It said hello again: it had given up the connection itself.
        case rejoined
        /// It gave a wrong answer.
        case distrusted
    }
}
