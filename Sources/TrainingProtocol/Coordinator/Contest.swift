/// An answer that another worker may contradict.
struct Contest: Equatable, Sendable {
    let work: Work
    let first: WorkerID
    /// Whose early segments of these shards have gone into the round beside the first answer.
    var earlyWorkers: [WorkerID] = []
    /// Whether the service was asked to compute it itself.
    var isRecomputed = false
    /// Whether its round is closed and had nothing else that only `first` stands for.
    var isAllOfSoleAnswers = false

    /// Whether something of these workers has gone into the round.
    func involves(anyOf workers: [WorkerID]) -> Bool {
        workers.contains { $0 == first || earlyWorkers.contains($0) }
    }
}
