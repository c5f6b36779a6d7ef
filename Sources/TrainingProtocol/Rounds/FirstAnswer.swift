/// Who was the first to answer a subtree, or to send a segment of its answer.
struct FirstAnswer: Equatable, Sendable {
    let subtree: Subtree
    let worker: WorkerID
}
