import TrainingProtocol
import Transport

/// A process that takes part: a worker or a relay, in a place of its own.
protocol SimulatedMember: AnyObject {
    /// The place.
    var slot: Int { get }
    /// What whoever it is connected to knows it by.
    var worker: WorkerID { get }
    /// Tells the process from those before it in the same place.
    var incarnation: Int { get }
    var isFrozen: Bool { get set }
    var isAskedToLeave: Bool { get set }
    var outcome: Worker.Outcome? { get }
    /// Until when it computes what it has begun.
    var busyUntil: Duration { get }
    /// When it takes its next turn; nil for when something comes.
    var nextTurn: Duration? { get }

    /// One turn of the program's loop, if it is not computing and not standing still.
    func takeTurn()
    /// Sends what it has computed, or keeps it until it goes on.
    func depart(_ packet: Packet, over channel: Channel)
    /// Goes on after it stood still.
    func thaw()
    /// Takes in what came from whoever it is connected to.
    func hear(_ packet: Packet, over channel: Channel)
    /// Takes in what has become of a connection.
    func hear(_ change: ConnectionChange, over channel: Channel)
}
