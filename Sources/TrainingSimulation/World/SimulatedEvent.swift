import TrainingProtocol

/// What can happen at a point of virtual time; the rest follows from it.
enum SimulatedEvent {
    /// A worker sends what it has computed meanwhile.
    case departs(slot: Int, incarnation: Int, Channel, Packet)
    /// A message comes to the end of its way.
    case arrives(slot: Int, Channel, connection: Int, Packet)
    /// A worker's deadline is due, or it has computed what it began.
    case workerWakes(slot: Int, incarnation: Int)
    /// The coordinator's deadline is due.
    case coordinatorWakes(incarnation: Int)
    /// The worker's side learns that a connection is gone.
    case workerNotices(slot: Int, Channel, connection: Int)
    /// The side of the coordinator, or of a relay, learns it.
    case hubNotices(Hub, slot: Int, Channel, connection: Int, WorkerID, incarnation: Int)
    /// A worker's transport tries to connect.
    case connects(slot: Int, incarnation: Int)
    /// A worker tries to open the link that a welcome has offered.
    case opensLink(slot: Int, incarnation: Int, link: Int)
    /// A process that ended has sent its last words.
    case closes(slot: Int, Channel, connection: Int)
    /// The disk has taken a checkpoint.
    case written(incarnation: Int)
    /// A worker is started.
    case workerStarts(slot: Int)
    /// A coordinator is started.
    case coordinatorStarts
    /// A worker goes on after it stood still.
    case workerThaws(slot: Int, incarnation: Int)
    /// The coordinator goes on after it stood still.
    case coordinatorThaws(incarnation: Int)
    /// Messages pass again.
    case unblocks(slot: Int, Channel, connection: Int)
    /// The disk has room again, and is as fast as it was.
    case diskRecovers
    /// Something goes wrong.
    case fault
    /// From now on nothing goes wrong any more.
    case calms
}
