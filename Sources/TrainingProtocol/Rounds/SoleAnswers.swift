/// The steps of which a worker computed a part that nobody computed a second time: only its word
/// stands for them.
package struct SoleAnswers: Equatable, Sendable {
    /// Whose word it is.
    package let worker: WorkerID
    /// The steps, counted from 0.
    package internal(set) var steps: StepRanges

    /// Describes a worker's part of a run.
    package init(worker: WorkerID, steps: StepRanges) {
        self.worker = worker
        self.steps = steps
    }
}
