import TrainingProtocol
import Transport

/// A message under way.
///
/// What came with it is its subclasses' matter, so that the network need not know a model's types.
class Packet {
    let contents: Contents

    enum Contents {
        case toWorker(CoordinatorMessage)
        case toCoordinator(WorkerMessage)
        /// Bytes that are no message.
        case garbage
    }

    init(_ contents: Contents) { self.contents = contents }

    var direction: Direction {
        switch contents {
        case .toWorker: .down
        case .toCoordinator, .garbage: .up
        }
    }
}

/// A message of the coordinator under way, with what goes with it.
final class CoordinatorPacket<Payloads: PayloadTypes>: Packet {
    let arrival: CoordinatorArrival<Payloads>

    init(_ arrival: CoordinatorArrival<Payloads>) {
        self.arrival = arrival
        super.init(.toWorker(arrival.message))
    }
}

/// A message of a worker under way, with what goes with it.
final class WorkerPacket<Payloads: PayloadTypes>: Packet {
    let arrival: WorkerArrival<Payloads>

    init(_ arrival: WorkerArrival<Payloads>) {
        self.arrival = arrival
        super.init(.toCoordinator(arrival.message))
    }
}
