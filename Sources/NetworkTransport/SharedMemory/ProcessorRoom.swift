/// What the workers of a host leave of its processors.
enum ProcessorRoom: UInt64 {
    /// There are more of them than processors: they take turns.
    case none
    /// Each has one, and the coordinator shares with them.
    case workersOnly
    /// The coordinator has one too.
    case everybody

    /// These numbers of workers and of processors.
    init(workerCount: Int, processorCount: Int) {
        self = workerCount > processorCount ? .none : .workersOnly
        if workerCount < processorCount { self = .everybody }
    }
}
