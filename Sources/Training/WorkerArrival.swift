import Figures
import Model
import TrainingProtocol
import Wire

/// A message of a worker, with all that came with it.
struct WorkerArrival {
    /// What the machine is told.
    let message: WorkerMessage
    /// The figures of an answer; of any other message, those of no sample.
    var sums = LossSums()
    /// The gradient that came with it; nil for none.
    var gradient: ParameterBuffer?
    /// The size of the payload, in bytes; that of a gradient in two parts is the whole gradient's.
    var payloadSize = 0
    /// Who sent it.
    let worker: WorkerID
    /// What it came over.
    let route: Route

    /// What a message came over, so that its sender can be cut off.
    enum Route {
        /// The main connection: its descriptor, if that is known, and the worker whose identity it
        /// has, if it is a worker's.
        case connection(descriptor: Int32?, sender: WorkerID?)
        /// A link through shared memory.
        case localLink(WorkerID)
        /// A sealed link.
        case sealedLink(WorkerID)
        /// A connection that was cut off already.
        case ended
    }
}
