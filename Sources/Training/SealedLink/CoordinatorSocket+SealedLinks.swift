import Model
import TrainingProtocol
import Wire
import ZeroMQ

/// What the coordinator's socket does with its sealed links.
extension CoordinatorSocket {
    /// Takes the next message of a sealed link, if one is there.
    mutating func receiveSealed() throws(ZeroMQError) -> Received? {
        switch try sealedLinks?.receive(into: frameGradients) {
        case nil:
            return nil
        case .late?:
            return .late
        case .foreign(let message)?:
            return .foreign(message, .ended)
        case .opened(let worker)?:
            if try sealedLinks?.confirm(worker) == false { lostWorkers.append(worker) }
            return .linkOpened(worker)
        case .message(let header, let place, let worker)?:
            traffic.sealedMessageCount += 1
            traffic.add(byteCount: header.count + (place?.bytes.count ?? 0))
            return received(header, place, from: worker)
        }
    }

    private mutating func received(
        _ header: [UInt8],
        _ place: FrameGradients.Place?,
        from worker: WorkerID
    ) -> Received {
        let route = WorkerArrival.Route.sealedLink(worker)
        do {
            switch try WireDecoding.workerContents(header) {
            case .profile:
                // Workers send theirs over the main connection.
                return .foreign(.profile, route)
            case .message(let message, let sums):
                let gradient = place.flatMap {
                    frameGradients.gradient(of: message, from: worker, at: $0)
                }
                let arrival = WorkerArrival(
                    message: message,
                    sums: sums,
                    gradient: gradient,
                    payloadSize: gradient?.bytes.count ?? place?.bytes.count ?? 0,
                    worker: worker,
                    route: route
                )
                return .message(arrival)
            }
        } catch {
            return .foreign(.header(error), route)
        }
    }
}
