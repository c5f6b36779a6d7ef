/// What must hold whenever the coordinator has taken an event, so that no run stands still.
///
/// While a round is open, each of its subtrees is summed, leased, waiting for a verdict or offered
/// to somebody; and where workers take part, one of them computes against a deadline. Nobody asks
/// for this but tests and the simulation, which asks after every event.
extension Coordinator {
    /// What would let the run stand still; nil if nothing does.
    ///
    /// It changes nothing. To ask what is `mutating`, nobody copies a machine that an object holds.
    package var standstill: String? {
        mutating get { stalledShard ?? stalledWorker }
    }

    /// What is wrong with the current round's shards.
    private var stalledShard: String? {
        guard case .running = state else { return nil }
        if let stalled = leasing.stalledShard { return stalled }
        for answer in leasing.rounds.current.answers.unverified {
            let work = leasing.rounds.current.shape.work(answer.subtree)
            if !trust.recomputes(work), !leasing.rounds.current.awaitsSecond(answer) {
                return "the second answer of \(work) is nobody's"
            }
        }
        return nil
    }

    /// What is wrong with the deadlines of a run that has workers.
    private var stalledWorker: String? {
        guard case .running = state else { return nil }
        return leasing.stalledWorker(isRecomputing: trust.contests.contains(where: \.isRecomputed))
    }
}

extension Leasing {
    /// What is wrong with the current round's shards, whoever has asked for it.
    var stalledShard: String? {
        let round = rounds.current
        if let shard = (0..<round.shape.shardCount).first(where: { round.isUnattended($0) }) {
            return "shard \(shard) of \(round.round) is nobody's"
        }
        guard let lease = round.vainLease else { return nil }
        return "worker \(lease.worker) computes \(lease.subtree) of \(round.round) in vain"
    }

    /// What is wrong with the deadlines of the current round, if there are workers.
    ///
    /// - Parameter isRecomputing: whether something of it is computed by nobody of them.
    func stalledWorker(isRecomputing: Bool = false) -> String? {
        guard !roster.members.isEmpty else { return nil }
        let round = rounds.current
        if nextLeaseDeadline == nil, !isRecomputing {
            return "no lease of \(round.round) has a deadline"
        }
        let untimed = roster.members.first {
            round.table.leaseCount(of: $0.worker) > 0 && !round.table.isBegun(by: $0.worker)
        }
        if let untimed {
            return "worker \(untimed.worker) has no deadline in \(round.round)"
        }
        let idle = roster.computing.first {
            round.table.leaseCount(of: $0.worker) == 0 && round.offers(to: $0.worker)
        }
        return idle.map { "worker \($0.worker) is idle while \(round.round) has work for it" }
    }
}

extension RoundProgress {
    /// A lease whose answer could not be taken; nil if there is none.
    fileprivate var vainLease: Lease? {
        table.leases.first { lease in
            if let first = answers.firstWorker(of: lease.subtree) { return first == lease.worker }
            return answers.hasAny(of: shape.shards(of: lease.subtree))
        }
    }

    /// Whether a worker other than the first computes an answer again, or is to.
    fileprivate func awaitsSecond(_ answer: FirstAnswer) -> Bool {
        table.seconds.contains(answer.subtree)
            || table.isHeld(answer.subtree, byOtherThan: answer.worker)
    }

    /// Whether there is something left that `worker` may be leased.
    fileprivate func offers(to worker: WorkerID) -> Bool {
        !offers.isEmpty || table.offersSecond(to: worker, answers)
    }
}
