/// The fully connected segments that come ahead of their answers.
extension RoundProgress {
    /// Early segments that have gone into the step: nothing confirms them, since the answers that
    /// follow are what others' answers are compared with.
    var appliedSegments: [FirstAnswer] { areEarlySegmentsApplied ? earlySegments : [] }

    /// Takes the fully connected segment of an answer that is to come, unless its shards have one,
    /// or are to be compared before they count.
    mutating func takeEarlySegment(of work: Work, from worker: WorkerID) -> Bool {
        guard round.isTraining, granted(work, to: worker), !areEarlySegmentsApplied,
            !verification.includes(work)
        else { return false }
        let shards = shards(of: work.subtree)
        guard !shards.isEmpty, !shards.contains(where: { isComputed[$0] }),
            !earlySegments.contains(where: { self.shards(of: $0.subtree).overlaps(shards) })
        else { return false }
        earlySegments.append(FirstAnswer(subtree: work.subtree, worker: worker))
        if !contributors.contains(worker) { contributors.append(worker) }
        return true
    }

    /// Notes, once, that the fully connected segment of every shard is there before the round is
    /// complete; tells whether that is so now.
    mutating func completeEarlySegments() -> Bool {
        guard !areEarlySegmentsApplied, pendingShardCount > 0 else { return false }
        let earlyShardCount = earlySegments.reduce(0) { $0 + shardCount(of: $1.subtree) }
        areEarlySegmentsApplied = earlyShardCount == pendingShardCount
        return areEarlySegmentsApplied
    }

    /// Whose early segments were applied for shards of a work.
    func earlyWorkers(of work: Work) -> [WorkerID] {
        guard areEarlySegmentsApplied, work.round == round else { return [] }
        let shards = shards(of: work.subtree)
        return earlySegments.filter { self.shards(of: $0.subtree).overlaps(shards) }.map(\.worker)
    }
}
