/// The coordinator's machine: it takes workers in, leases the shards of one round after another,
/// and says when a round's sum is complete.
///
/// ```
///             enough workers                    last round complete
/// gathering ────────────────▶ running ────────────────────────────▶ closing ──▶ ended
///     │                          │   stopRequested                     ▲
///     └──────────────────────────┴─────────────────────────────────────┘
/// ```
///
/// It holds no float, clock or socket. Time comes with each event; payloads stay with the service,
/// which carries out the actions in their order: the order is the contract.
package struct Coordinator: Equatable, Sendable {
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

    /// How a run ended.
    package enum Outcome: Equatable, Sendable {
        /// All rounds are complete.
        case completed
        /// The operator stopped it.
        case stopped
        /// A wrong answer was found in a round that is over, or only a wrong worker's word stands
        /// for such a round: whatever came after `Position` must be computed again from a
        /// checkpoint that is no later.
        case corrupted(after: Position)
    }

    /// What a run's coordinator is told at its start.
    package struct Settings: Equatable, Sendable {
        /// Marks this run's messages.
        package var stamp: RunStamp
        /// The rounds.
        package var schedule: Schedule
        /// How samples become inputs, passed on to the workers.
        package var input: InputSettings
        /// Workers that must have joined before the first round.
        package var workerCountMin: Int
        /// Steps from one checkpoint to the next; 0 for none but those at each epoch's end.
        package var stepsPerCheckpoint: Int
        /// Which answers are compared with a second worker's before they count.
        package var verification = Verification.none
        /// How many workers compute at a time, in the order in which they joined; the others stand
        /// by for what one of these leaves or is overdue with. For workers that would take turns on
        /// the same processors.
        package var workerCountAtOnce = Int.max
        /// Workers that have given wrong answers in this run and take no part in it.
        package var distrusted: [WorkerID] = []
        /// What only one worker's word stands for in the steps so far.
        package var soleAnswers: [SoleAnswers] = []
        /// How often each side shows that it lives.
        package var heartbeatInterval: Duration = .seconds(1)
        /// After how much silence a worker counts as lost.
        package var silenceMax: Duration = .seconds(10)
        /// How long workers have to take leave at the end.
        package var closingMax: Duration = .seconds(2)

        /// Describes a run.
        package init(
            stamp: RunStamp,
            schedule: Schedule,
            input: InputSettings,
            workerCountMin: Int,
            stepsPerCheckpoint: Int
        ) {
            self.stamp = stamp
            self.schedule = schedule
            self.input = input
            self.workerCountMin = workerCountMin
            self.stepsPerCheckpoint = stepsPerCheckpoint
        }
    }

    enum State: Equatable, Sendable {
        /// Not enough workers have come yet.
        case gathering
        /// Rounds are computed: the current one and, leased ahead, the next.
        case running
        /// All is decided; workers take leave until the deadline.
        case closing(Outcome, deadline: Duration)
        /// The service was told to end.
        case ended
    }

    var settings: Settings
    /// Whether the last epoch is not judged yet.
    var awaitsVerdict = false
    var state = State.gathering
    /// The round that is computed while the machine runs.
    var current: RoundProgress
    /// The one after it, leased ahead; nil behind the last.
    var next: RoundProgress?
    /// What each worker gets of the round that is opened next.
    var shares: [RoundProgress.Share] = []
    var members: [Member] = []
    /// Answers that others may still contradict, oldest first.
    var contests: [Contest] = []
    /// Workers that have given wrong answers.
    package internal(set) var distrusted: [WorkerID]
    /// What only one worker's word stands for, by worker in the order of their first such step.
    package internal(set) var soleAnswers: [SoleAnswers]
    /// Where the run could go back to; the service looks for a checkpoint from before the first.
    var retreats: [Retreat] = []
    /// How long rounds take, for whoever hangs to be named.
    var watch = RoundWatch()

    /// How many leases it has given.
    package internal(set) var leaseTally = LeaseTally()

    /// How far the run has come.
    package internal(set) var position: Position

    /// Starts a run at `position`.
    ///
    /// - Returns from `handle`: nothing happens before the first event; a service asks for
    ///   `nextDeadline` at once.
    package init(settings: Settings, position: Position) {
        self.settings = settings
        self.position = position
        current = RoundProgress(verification: settings.verification)
        distrusted = settings.distrusted
        soleAnswers = settings.soleAnswers
    }

    /// Workers that take part.
    package var workerCount: Int { members.count }

    /// Whether a worker is one of those that compute, and does not stand by.
    package func computes(_ worker: WorkerID) -> Bool {
        members.prefix(settings.workerCountAtOnce).contains { $0.worker == worker }
    }

    /// Whether all is decided, and workers take leave.
    package var isClosing: Bool { if case .closing = state { true } else { false } }

    /// How many answers the step that goes on waits for; nil if there is none, and if some of its
    /// shards are not leased.
    package var missingAnswerCount: Int? {
        guard case .running = state, current.round.isTraining else { return nil }
        return current.missingAnswerCount
    }

    /// When `deadlineReached` is due at the latest; it is the service's poll timeout.
    package var nextDeadline: Duration? {
        switch state {
        case .gathering, .running:
            // Asked for at every turn of the loop: no array of what there is to choose from.
            var next = nextLeaseDeadline
            if let nextNaming { next = min(next ?? nextNaming, nextNaming) }
            for member in members {
                let due = min(member.nextHeartbeat, member.lastHeard + settings.silenceMax)
                next = min(next ?? due, due)
            }
            return next
        case .closing(_, let deadline):
            return deadline
        case .ended:
            return nil
        }
    }

    /// Takes one event and says what to do, in order.
    package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        var actions: [Action] = []
        handle(event, at: now, into: &actions)
        return actions
    }

    /// Takes one event and appends what to do, in order: optimized code allocates nothing in a
    /// steady step.
    package mutating func handle(
        _ event: Event,
        at now: Duration,
        into actions: inout [Action]
    ) {
        switch event {
        case .received(let message, let worker):
            received(message, from: worker, at: now, into: &actions)
        case .compared(let work, let wrong):
            compared(work, wrong: wrong, at: now, into: &actions)
        case .refuted(let work, let worker):
            refuted(work, of: worker, at: now, into: &actions)
        case .disconnected(let worker):
            lose(worker, .disconnected, at: now, into: &actions)
        case .foundCheckpoint(let found, let position):
            foundCheckpoint(found, before: position, at: now, into: &actions)
        case .judged(let isEnough):
            judged(isEnough: isEnough, at: now, into: &actions)
        case .deadlineReached:
            deadlineReached(at: now, into: &actions)
        case .stopRequested:
            stopRequested(at: now, into: &actions)
        }
    }

    private mutating func deadlineReached(at now: Duration, into actions: inout [Action]) {
        switch state {
        case .gathering, .running:
            let silent = members.filter { $0.lastHeard + settings.silenceMax <= now }
            for member in silent { lose(member.worker, .silent, at: now, into: &actions) }
            beat(at: now, into: &actions)
            nameDebtors(at: now, into: &actions)
            renewOverdueLeases(at: now, into: &actions)
            dispatch(at: now, into: &actions)
        case .closing(let outcome, let deadline):
            guard deadline <= now else { return }
            state = .ended
            actions.append(.end(outcome))
        case .ended:
            break
        }
    }

    private mutating func beat(at now: Duration, into actions: inout [Action]) {
        for index in members.indices where members[index].nextHeartbeat <= now {
            members[index].nextHeartbeat = now + settings.heartbeatInterval
            actions.append(.send(.heartbeat(settings.stamp), to: members[index].worker))
        }
    }

    private mutating func stopRequested(at now: Duration, into actions: inout [Action]) {
        switch state {
        case .gathering, .running:
            actions.append(.saveCheckpoint(position))
            close(.stopped, at: now, into: &actions)
        case .closing, .ended:
            // A second request changes nothing: the end is under way.
            break
        }
    }

    /// Tells every worker that its part is over; ends at once where there is none.
    mutating func close(_ outcome: Outcome, at now: Duration, into actions: inout [Action]) {
        if members.isEmpty {
            state = .ended
            actions.append(.end(outcome))
            return
        }
        state = .closing(outcome, deadline: now + settings.closingMax)
        for member in members {
            actions.append(.send(.finish(settings.stamp), to: member.worker))
        }
    }
}
