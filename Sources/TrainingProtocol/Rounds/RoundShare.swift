/// A worker's part of a round, in proportion to the others' weights.
struct RoundShare: Equatable, Sendable {
    let worker: WorkerID
    let weight: Int
}
