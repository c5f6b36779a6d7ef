import TrainingProtocol

/// What can happen at a point of virtual time; the rest follows from it.
enum SimulatedEvent: Sendable {
    /// A message comes to the end of its way.
    case arrival(slot: Int, link: Int, Packet)
    /// A worker's deadline is due.
    case workerWakes(slot: Int, incarnation: Int)
    /// The coordinator's deadline is due.
    case coordinatorWakes(incarnation: Int)
    /// A worker has computed the fully connected segment of what it began.
    case computedEarlySegment(slot: Int, incarnation: Int)
    /// A worker has computed what it began.
    case computed(slot: Int, incarnation: Int)
    /// The worker's side learns that its connection is gone.
    case workerNotices(slot: Int, link: Int)
    /// The coordinator's side learns it.
    case coordinatorNotices(slot: Int, link: Int, WorkerID, incarnation: Int)
    /// A worker's transport tries to connect.
    case connects(slot: Int, incarnation: Int)
    /// A process that ended has sent its last words.
    case closes(slot: Int, link: Int)
    /// A checkpoint is safe on the disk.
    case saved(SimulatedCheckpoint, incarnation: Int)
    /// A worker is started.
    case workerStarts(slot: Int)
    /// A coordinator is started.
    case coordinatorStarts
    /// A worker goes on after it stood still.
    case workerThaws(slot: Int, incarnation: Int)
    /// The coordinator goes on after it stood still.
    case coordinatorThaws(incarnation: Int)
    /// Messages pass again.
    case unblocks(slot: Int, link: Int)
    /// Something goes wrong.
    case fault
    /// From now on nothing goes wrong any more.
    case calm
}
