/// Who computes what of the open rounds, and until when: who is asked, who is asked again, and who
/// is asked too.
///
/// A lease is never taken away from a worker that lives. When its deadline passes, or when an idle
/// worker would be done before its holder, it is leased once more; the first answer counts.
struct Leasing: Equatable, Sendable {
    var roster: Roster
    var rounds: OpenRounds
    /// How many leases were given.
    private(set) var tally = LeaseTally()
    private let stamp: RunStamp

    /// Has neither workers nor rounds yet.
    init(_ settings: Coordinator.Settings) {
        self.init(Roster(settings), verification: settings.verification, settings.stamp)
    }

    /// Has no rounds yet.
    init(_ roster: Roster, verification: Verification, _ stamp: RunStamp) {
        self.roster = roster
        rounds = OpenRounds(verification: verification)
        self.stamp = stamp
    }

    /// The first deadline of a lease.
    var nextLeaseDeadline: Duration? {
        rounds.current.table.leases.lazy.compactMap(\.deadline).min()
    }

    /// When those who hold the current round up are to be named.
    private var nextNaming: Duration? {
        rounds.current.table.leases.isEmpty ? nil : rounds.watch.deadline
    }

    /// When something is due, of leases or of workers.
    var nextDeadline: Duration? {
        var next = roster.nextDeadline
        if let due = nextLeaseDeadline { next = min(next ?? due, due) }
        if let due = nextNaming { next = min(next ?? due, due) }
        return next
    }

    /// Notes that `worker` lives and returns its place.
    ///
    /// One that is no member or speaks of another start is asked to join again: it was given up for
    /// lost, or served an earlier start of the coordinator.
    mutating func heard(
        _ worker: WorkerID,
        _ stamp: RunStamp,
        at now: Duration,
        into actions: inout [Coordinator.Action]
    ) -> Int? {
        guard stamp == self.stamp, let index = roster.index(of: worker) else {
            actions.append(.send(.rejoin(self.stamp), to: worker))
            return nil
        }
        roster.members[index].lastHeard = now
        return index
    }

    /// Learns from an answer, late or not, how fast its worker is.
    mutating func learnPace(
        of index: Int,
        from work: Work,
        in schedule: Schedule,
        at now: Duration
    ) {
        let shards = work.subtree.shards(of: schedule.shardCount(of: work.round))
        roster.learnPace(of: index, from: work, shardCount: shards.count, at: now)
    }

    /// Opens the first round of this start, and the one after it.
    mutating func open(
        _ round: Round,
        at position: Position,
        in settings: Coordinator.Settings,
        now: Duration
    ) {
        rounds.open(round, at: position, in: settings, among: roster, now: now)
    }

    /// Drops the steps that are open and opens the test in their place; returns what was dropped.
    mutating func openTest(at position: Position, in schedule: Schedule) -> [Round] {
        rounds.openTest(at: position, in: schedule, among: roster)
    }

    /// Begins those rounds anew that `worker` has given answers to, and returns them.
    mutating func undoRounds(of worker: WorkerID, in schedule: Schedule) -> [Round] {
        rounds.undo(worker, in: schedule, among: roster)
    }

    /// Goes on to the next round, and opens the one after it; tells whether there is a next one.
    ///
    /// - Parameter position: how far the run has come.
    mutating func turn(to position: Position, in schedule: Schedule, at now: Duration) -> Bool {
        guard rounds.turn(at: now) else { return false }
        rounds.openNext(after: position, in: schedule, among: roster)
        if let offers = rounds.next?.offers { roster.fadePaces(without: offers) }
        return true
    }

    /// Takes a worker out and gives what it held to the others.
    mutating func remove(_ worker: WorkerID) {
        roster.remove(worker)
        rounds.release(worker, heirCount: roster.workerCount)
    }

    /// Sends the parameters that the current round needs, for most workers have its samples
    /// already; then leases work to every worker that has room, one lease a worker in turn, and
    /// sends the parameters to those that had none of it.
    mutating func dispatch(at now: Duration, into actions: inout [Coordinator.Action]) {
        for index in roster.members.indices { sendParameters(to: index, into: &actions) }
        var isExhausted = false
        while !isExhausted {
            isExhausted = true
            for index in roster.members.indices where lease(to: index, into: &actions) {
                isExhausted = false
            }
        }
        for index in roster.members.indices { _ = hedge(index, at: now, into: &actions) }
        for index in roster.members.indices { startLease(of: index, at: now) }
        for index in roster.members.indices { sendParameters(to: index, into: &actions) }
    }

    /// Does for one worker what `dispatch` does for all.
    mutating func serve(
        _ worker: WorkerID,
        at now: Duration,
        into actions: inout [Coordinator.Action]
    ) {
        guard let index = roster.index(of: worker) else { return }
        while lease(to: index, into: &actions) {}
        if rounds.current.table.leaseCount(of: worker) > 0 {
            // What it holds may now end later than another would be done with it.
            for other in roster.members.indices where hedge(other, at: now, into: &actions) {
                start(other, at: now, into: &actions)
            }
        } else {
            _ = hedge(index, at: now, into: &actions)
        }
        start(index, at: now, into: &actions)
    }

    /// Starts the time of what a worker was leased, and sends it the parameters for that.
    private mutating func start(
        _ index: Int,
        at now: Duration,
        into actions: inout [Coordinator.Action]
    ) {
        startLease(of: index, at: now)
        sendParameters(to: index, into: &actions)
    }

    /// Leases a worker one more piece of work, if it has room and there is one.
    private mutating func lease(
        to index: Int,
        into actions: inout [Coordinator.Action]
    ) -> Bool {
        let worker = roster.members[index].worker
        let standsBy = roster.standsBy(index)
        guard let work = rounds.lease(to: worker, standsBy: standsBy) else { return false }
        tally.count += 1
        actions.append(.send(.work(work, stamp), to: worker))
        return true
    }

    /// Sends the current version to a worker that has a lease of the current round and not yet
    /// that version.
    private mutating func sendParameters(
        to index: Int,
        into actions: inout [Coordinator.Action]
    ) {
        let worker = roster.members[index].worker
        let version = rounds.current.shape.version
        guard roster.members[index].parametersVersion != version,
            rounds.current.table.leaseCount(of: worker) > 0
        else { return }
        roster.members[index].parametersVersion = version
        actions.append(.send(.parameters(version: version, stamp), to: worker))
    }

    /// Starts the time of a worker's oldest lease of the round: it computes one at a time.
    private mutating func startLease(of index: Int, at now: Duration) {
        let worker = roster.members[index].worker
        guard let first = rounds.current.table.firstLease(of: worker) else { return }
        let isBegun = rounds.current.table.isBegun(by: worker)
        guard !isBegun || roster.members[index].pace == nil else { return }
        let lease = rounds.current.table.leases[first]
        let shardCount = rounds.current.shape.shardCount(of: lease.subtree)
        let allowance = roster.allowance(of: index, shardCount: shardCount)
        if !isBegun {
            rounds.current.table.allow(allowance, for: first, at: now)
            roster.members[index].begin(rounds.current.shape.work(lease.subtree), at: now)
        } else if !lease.isOverdue, let beginning = roster.members[index].beginnings.last {
            // What the others have shown since tells what can be expected of this one.
            rounds.current.table.allow(allowance, for: first, at: beginning.time)
        }
    }

    /// Asks the holders of overdue leases again: the request or its answer may be lost.
    ///
    /// Each time a lease gets twice as long, until that is as long as a silence may be.
    mutating func renewOverdueLeases(
        at now: Duration,
        into actions: inout [Coordinator.Action]
    ) {
        for index in rounds.current.table.leases.indices {
            let lease = rounds.current.table.leases[index]
            guard let deadline = lease.deadline, deadline <= now else { continue }
            if !lease.isOverdue { tally.overdueCount += 1 }
            rounds.current.table.markOverdue(index)
            let longest = max(lease.allowance, roster.silenceMax)
            let allowance = min(lease.allowance * 2, longest)
            rounds.current.table.allow(allowance, for: index, at: now)
            let work = rounds.current.shape.work(lease.subtree)
            if let member = roster.index(of: lease.worker) {
                roster.members[member].noteAskedAgain(work)
            }
            actions += [
                .send(.work(work, stamp), to: lease.worker),
                .send(.parameters(version: work.version, stamp), to: lease.worker),
            ]
        }
    }
}

/// Who is asked too.
extension Leasing {
    /// Leases to an idle worker what its holder is overdue with or will be done with later; tells
    /// whether there was such a lease.
    private mutating func hedge(
        _ index: Int,
        at now: Duration,
        into actions: inout [Coordinator.Action]
    ) -> Bool {
        let worker = roster.members[index].worker
        guard roster.members[index].beginnings.isEmpty,
            rounds.current.table.leaseCount(of: worker) == 0,
            let subtree = slowest(for: roster.members[index], at: now)
        else { return false }
        rounds.current.table.lease(subtree, to: worker)
        tally.count += 1
        tally.backupCount += 1
        actions.append(.send(.work(rounds.current.shape.work(subtree), stamp), to: worker))
        return true
    }

    private func slowest(for member: Member, at now: Duration) -> Subtree? {
        let leases = rounds.current.table.leases
        var slowest: (subtree: Subtree, end: Duration)?
        for lease in leases where !isSoonDone(lease, at: now) {
            let holders = leases.lazy.filter { $0.subtree == lease.subtree }
            guard !holders.contains(where: { $0.worker == member.worker }),
                rounds.current.answers.firstWorker(of: lease.subtree) != member.worker
            else { continue }
            if holders.allSatisfy(\.isOverdue) { return lease.subtree }
            guard holders.count == 1, let end = expectedEnd(of: lease) else { continue }
            guard let pace = member.pace else {
                // It has shown nothing yet, and neither has the holder anything but a bound. If it
                // stayed idle, a round could wait for one worker's bound while others have nothing
                // to do: in a round under verification, the first answer's worker cannot help
                // either.
                if roster.isBound(lease.worker) { return lease.subtree }
                continue
            }
            let shardCount = rounds.current.shape.shardCount(of: lease.subtree)
            let ownEnd = now + pace.expected(shardCount: shardCount) + Pace.granularity
            if end > ownEnd, end > slowest?.end ?? .zero { slowest = (lease.subtree, end) }
        }
        return slowest?.subtree
    }

    /// Whether a lease that has begun ends too early for another worker to be worth it: its
    /// deadline leaves it a time of grace, and the other needs one too. With many workers, few
    /// leases are looked at more closely.
    private func isSoonDone(_ lease: Lease, at now: Duration) -> Bool {
        guard let deadline = lease.deadline, !lease.isOverdue else { return false }
        return deadline <= now + Pace.granularity * 2
    }

    /// When a worker that shows its usual pace will be done with a lease.
    private func expectedEnd(of lease: Lease) -> Duration? {
        guard let member = roster.member(lease.worker), let pace = member.pace,
            var end = member.beginnings.first?.time
        else { return nil }
        for held in rounds.current.table.leases where held.worker == lease.worker {
            let shardCount = rounds.current.shape.shardCount(of: held.subtree)
            end += pace.expected(shardCount: shardCount)
            if held.subtree == lease.subtree { break }
        }
        return end
    }
}

/// Who holds the current round up.
extension Leasing {
    /// Says once a round who owes what, if the round takes much longer than usual.
    ///
    /// A worker that has just joined holds nothing up: what it owes, others have owed before. Where
    /// only such workers owe something, they are given as long again.
    mutating func nameDebtors(at now: Duration, into actions: inout [Coordinator.Action]) {
        guard let deadline = nextNaming, deadline <= now else { return }
        let debts = rounds.current.table.leases
            .filter { !roster.hasJustJoined($0.worker, at: now) }
            .map { debt($0, at: now) }
        guard !debts.isEmpty else {
            rounds.watch.postpone(until: now + RoundWatch.overdueMin)
            return
        }
        rounds.watch.name()
        let age = rounds.watch.age(at: now)
        actions.append(.report(.roundOverdue(rounds.current.round, lasting: age, debts: debts)))
    }

    private func debt(_ lease: Lease, at now: Duration) -> Coordinator.Debt {
        let work = rounds.current.shape.work(lease.subtree)
        let member = roster.member(lease.worker)
        let beginning = member?.beginnings.first { $0.work == work }
        return Coordinator.Debt(
            worker: lease.worker,
            shards: rounds.current.shape.shards(of: lease.subtree),
            isBegun: beginning != nil,
            duration: beginning.map { now - $0.time }
                ?? min(rounds.watch.age(at: now), member.map { now - $0.joined } ?? .zero),
            silence: member.map { now - $0.lastHeard } ?? .zero
        )
    }
}
