/// What a coordinator or a worker spends its time on.
package enum Phase: Int, CaseIterable, Sendable {
    /// Nothing: it waits for messages.
    case wait
    /// Takes messages in and decides what to do.
    case receive
    /// Brings samples into the form that the kernels take.
    case convert
    /// Forward, and the loss.
    case forward
    /// Backward through the fully connected layers.
    case backwardFullyConnected
    /// Backward through the convolutions.
    case backwardConvolutions
    /// Adds gradients.
    case reduce
    /// Updates the parameters.
    case optimize
    /// Hands messages over, samples included.
    case send
    /// Keeps figures and checkpoints.
    case record

    /// What tables and traces call it.
    package var name: String {
        switch self {
        case .wait: "wait"
        case .receive: "receive"
        case .convert: "convert"
        case .forward: "forward"
        case .backwardFullyConnected: "backward fc"
        case .backwardConvolutions: "backward conv"
        case .reduce: "reduce"
        case .optimize: "Adam"
        case .send: "send"
        case .record: "record"
        }
    }
}

/// A driver's clock: tells the time, and divides it among phases.
package protocol DriverClock: AnyObject {
    /// The time since the driver's start.
    var now: Duration { get }
    /// Notes that the time since the last note belongs to a phase.
    func lap(_ phase: Phase)
}
