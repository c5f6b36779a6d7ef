/// What must hold whenever the coordinator has taken an event, so that no run stands still.
///
/// While a round is open, each of its subtrees is summed, leased, waiting for a verdict or offered
/// to somebody; and where workers take part, one of them computes against a deadline. Nobody asks
/// for this but tests and the simulation, which asks after every event.
extension Coordinator {
    /// What would let the run stand still; nil if nothing does.
    package var standstill: String? {
        guard case .running = state else { return nil }
        if let shard = current.unattendedShard {
            return "shard \(shard) of \(current.round) is nobody's"
        }
        if let lease = current.vainLease {
            return "worker \(lease.worker) computes \(lease.subtree) of \(current.round) in vain"
        }
        for answer in current.unverified {
            let work = current.work(answer.subtree)
            let isAwaited = contests.contains { $0.work == work && $0.isRecomputed }
            if !isAwaited, !current.awaitsSecond(answer) {
                return "the second answer of \(work) is nobody's"
            }
        }
        return members.isEmpty ? nil : stalledWorker
    }

    /// What is wrong with the deadlines of a run that has workers.
    private var stalledWorker: String? {
        if nextLeaseDeadline == nil, !contests.contains(where: \.isRecomputed) {
            return "no lease of \(current.round) has a deadline"
        }
        for member in members where current.leaseCount(of: member.worker) > 0 {
            let isTimed = current.leases.contains {
                $0.worker == member.worker && $0.deadline != nil
            }
            if !isTimed { return "worker \(member.worker) has no deadline in \(current.round)" }
        }
        let idle = members.prefix(settings.workerCountAtOnce).first {
            current.leaseCount(of: $0.worker) == 0 && current.offers(to: $0.worker)
        }
        return idle.map { "worker \($0.worker) is idle while \(current.round) has work for it" }
    }
}

extension RoundProgress {
    /// A shard that is neither computed nor leased nor to be leased; nil if there is none.
    fileprivate var unattendedShard: Int? {
        (0..<shardCount).first { shard in
            !isComputed[shard]
                && !(leases.map(\.subtree) + offered).contains {
                    $0.shards(of: shardCount).contains(shard)
                }
        }
    }

    /// A lease whose answer could not be taken; nil if there is none.
    fileprivate var vainLease: Lease? {
        leases.first { lease in
            if let first = firstWorker(of: lease.subtree) { return first == lease.worker }
            return lease.subtree.shards(of: shardCount).contains { isComputed[$0] }
        }
    }

    /// Whether a worker other than the first computes an answer again, or is to.
    fileprivate func awaitsSecond(_ answer: FirstAnswer) -> Bool {
        seconds.contains(answer.subtree)
            || leases.contains { $0.subtree == answer.subtree && $0.worker != answer.worker }
    }

    /// Whether there is something left that `worker` may be leased.
    fileprivate func offers(to worker: WorkerID) -> Bool {
        !offered.isEmpty
            || seconds.contains { !isHeld($0, by: worker) && firstWorker(of: $0) != worker }
    }

    /// What nobody was leased yet.
    private var offered: [Subtree] { orphans + queues.flatMap(\.subtrees) }
}
