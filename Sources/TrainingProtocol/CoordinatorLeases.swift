/// How long a lease lasts: who is asked again, and who is asked too.
///
/// A lease is never taken away from a worker that lives. When its deadline passes, or when an idle
/// worker would be done before its holder, it is leased once more; the first answer counts.
extension Coordinator {
    /// A lease that its worker should have begun to compute.
    struct Beginning: Equatable, Sendable {
        let work: Work
        let time: Duration
        /// Whether the worker was asked for it more than once, for it was overdue.
        var wasAskedAgain = false
    }

    /// The first deadline of a lease.
    var nextLeaseDeadline: Duration? {
        guard case .running = state else { return nil }
        return current.leases.lazy.compactMap(\.deadline).min()
    }

    /// Learns from an answer, late or not, how fast its worker is.
    mutating func learnPace(of member: Int, from work: Work, at now: Duration) {
        let lastAnswer = members[member].lastAnswer
        members[member].lastAnswer = now
        guard let index = members[member].beginnings.firstIndex(where: { $0.work == work })
        else { return }
        // A worker computes one lease at a time, so what it began before is settled too.
        let beginning = members[member].beginnings[index]
        let start = max(beginning.time, lastAnswer)
        members[member].beginnings.removeFirst(index + 1)
        let shardCount = work.subtree.shards(
            of: settings.schedule.shardCount(of: work.round)
        ).count
        guard shardCount > 0 else { return }
        // A worker that had to be asked again may never have seen the first request: the time tells
        // no more than a bound (Karn & Partridge 1987, on retransmitted segments).
        let isBound = beginning.wasAskedAgain
        let duration = now - start
        if members[member].pace == nil || members[member].pace?.isBound == true && !isBound {
            let others = members.lazy.compactMap { $0.pace?.expected(shardCount: shardCount) }
            let limited = others.max().map { min(duration, $0 * Pace.surpriseMax) } ?? duration
            members[member].pace = Pace(limited, shardCount: shardCount, isBound: isBound)
        } else {
            members[member].pace?.note(duration, shardCount: shardCount)
        }
    }

    /// Settles what each worker gets of a round: equal shares, as long as none is half as slow
    /// again as the fastest.
    mutating func divideShares() {
        shares.removeAll(keepingCapacity: true)
        let computing = members.prefix(settings.workerCountAtOnce)
        let fastest = computing.lazy.compactMap { $0.pace?.perShard }.min() ?? .zero
        for member in computing {
            let weight = weight(of: member.pace?.perShard ?? fastest, fastest: fastest)
            shares.append(RoundProgress.Share(worker: member.worker, weight: weight))
        }
    }

    private func weight(of perShard: Duration, fastest: Duration) -> Int {
        let unit = 1_024
        guard perShard * 2 > fastest * 3 else { return unit }
        return max(1, fastest.nanoseconds * unit / perShard.nanoseconds)
    }

    /// Lets the pace of workers fade that have no share of the next round.
    mutating func fadePaces() {
        guard let next else { return }
        for index in members.indices where !next.hasShare(members[index].worker) {
            members[index].pace?.fade()
        }
    }

    /// Starts the time of a worker's oldest lease of the round: it computes one at a time.
    mutating func startLease(of index: Int, at now: Duration) {
        let worker = members[index].worker
        guard let first = current.leases.firstIndex(where: { $0.worker == worker }) else { return }
        let isBegun = current.leases.contains { $0.worker == worker && $0.deadline != nil }
        guard !isBegun || members[index].pace == nil else { return }
        let subtree = current.leases[first].subtree
        let allowance = allowance(of: members[index], current.shardCount(of: subtree))
        if !isBegun {
            current.allow(allowance, for: first, at: now)
            members[index].begin(current.work(subtree), at: now)
        } else if !current.leases[first].isOverdue, let beginning = members[index].beginnings.last {
            // What the others have shown since tells what can be expected of this one.
            current.allow(allowance, for: first, at: beginning.time)
        }
    }

    /// A worker that has shown nothing yet gets twice what the slowest of the others would get, but
    /// no longer than it may be silent.
    ///
    /// A bound is as long as it took to ask again, and several shards of it would be minutes. No
    /// worker that counts computes for longer than it may be silent: three times that leave room
    /// for a lease that it computes twice and for this one.
    private func allowance(of member: Member, _ shardCount: Int) -> Duration {
        if let pace = member.pace {
            let allowance = pace.allowance(shardCount: shardCount)
            return pace.isBound ? min(allowance, settings.silenceMax * 3) : allowance
        }
        let known = members.lazy.compactMap { $0.pace?.allowance(shardCount: shardCount) }
        return min(known.max().map { $0 * 2 } ?? settings.silenceMax, settings.silenceMax)
    }

    /// Asks the holders of overdue leases again: the request or its answer may be lost.
    ///
    /// Each time a lease gets twice as long, until that is as long as a silence may be.
    mutating func renewOverdueLeases(at now: Duration, into actions: inout [Action]) {
        guard case .running = state else { return }
        for index in current.leases.indices {
            let lease = current.leases[index]
            guard let deadline = lease.deadline, deadline <= now else { continue }
            if !lease.isOverdue { leaseTally.overdueCount += 1 }
            current.markOverdue(index)
            let longest = max(lease.allowance, settings.silenceMax)
            current.allow(min(lease.allowance * 2, longest), for: index, at: now)
            noteAskedAgain(lease)
            actions += [
                .send(.work(current.work(lease.subtree), settings.stamp), to: lease.worker),
                .send(.parameters(version: current.version, settings.stamp), to: lease.worker),
            ]
        }
    }

    private mutating func noteAskedAgain(_ lease: Lease) {
        let work = current.work(lease.subtree)
        guard let member = members.firstIndex(where: { $0.worker == lease.worker }),
            let beginning = members[member].beginnings.lastIndex(where: { $0.work == work })
        else { return }
        members[member].beginnings[beginning].wasAskedAgain = true
    }

    /// Leases to an idle worker what its holder is overdue with or will be done with later; tells
    /// whether there was such a lease.
    mutating func hedge(_ index: Int, at now: Duration, into actions: inout [Action]) -> Bool {
        let worker = members[index].worker
        guard members[index].beginnings.isEmpty, current.leaseCount(of: worker) == 0,
            let subtree = slowest(for: members[index], at: now)
        else { return false }
        current.leaseAgain(subtree, to: worker)
        leaseTally.count += 1
        leaseTally.backupCount += 1
        actions.append(.send(.work(current.work(subtree), settings.stamp), to: worker))
        return true
    }

    private func slowest(for member: Member, at now: Duration) -> Subtree? {
        var slowest: (subtree: Subtree, end: Duration)?
        for lease in current.leases where !isSoonDone(lease, at: now) {
            let holders = current.leases.lazy.filter { $0.subtree == lease.subtree }
            guard !holders.contains(where: { $0.worker == member.worker }),
                current.firstWorker(of: lease.subtree) != member.worker
            else { continue }
            if holders.allSatisfy(\.isOverdue) { return lease.subtree }
            guard holders.count == 1, let end = expectedEnd(of: lease) else { continue }
            guard let pace = member.pace else {
                // It has shown nothing yet, and neither has the holder anything but a bound. If it
                // stayed idle, a round could wait for one worker's bound while others have nothing
                // to do: in a round under verification, the first answer's worker cannot help
                // either.
                if isBound(lease.worker) { return lease.subtree }
                continue
            }
            let ownEnd =
                now + pace.expected(shardCount: current.shardCount(of: lease.subtree))
                + Pace.granularity
            if end > ownEnd, end > slowest?.end ?? .zero { slowest = (lease.subtree, end) }
        }
        return slowest?.subtree
    }

    private func isBound(_ worker: WorkerID) -> Bool {
        members.contains { $0.worker == worker && $0.pace?.isBound == true }
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
        guard let member = members.first(where: { $0.worker == lease.worker }),
            let pace = member.pace, var end = member.beginnings.first?.time
        else { return nil }
        for held in current.leases where held.worker == lease.worker {
            end += pace.expected(shardCount: current.shardCount(of: held.subtree))
            if held.subtree == lease.subtree { break }
        }
        return end
    }
}

extension Coordinator.Member {
    /// Notes what the worker should be computing from now on.
    fileprivate mutating func begin(_ work: Work, at now: Duration) {
        beginnings.append(Coordinator.Beginning(work: work, time: now))
        // A worker does not answer what newer parameters have overtaken.
        if beginnings.count > Coordinator.leaseCountMax { beginnings.removeFirst() }
    }
}

extension Duration {
    /// Whole nanoseconds: weights are integers, so that they are the same everywhere.
    fileprivate var nanoseconds: Int {
        Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
    }
}
