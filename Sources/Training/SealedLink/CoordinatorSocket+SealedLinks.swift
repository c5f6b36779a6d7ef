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
            source = .nothing
            return .foreign(message)
        case .opened(let worker)?:
            if try sealedLinks?.confirm(worker) == false { lostWorkers.append(worker) }
            return .linkOpened(worker)
        case .message(let header, let place, let worker)?:
            source = .sealedLink(worker)
            traffic.sealedMessageCount += 1
            do {
                let contents = try WireDecoding.workerContents(header)
                if let place, case .message(let message, _) = contents,
                    let gradient = frameGradients.gradient(of: message, from: worker, at: place)
                {
                    payload = .buffer(gradient, size: gradient.bytes.count)
                }
                let payloadSize = gradient()?.bytes.count ?? place?.bytes.count ?? 0
                return received(
                    contents,
                    from: worker,
                    headerSize: header.count,
                    payloadSize: payloadSize
                )
            } catch {
                return .foreign(.header(error))
            }
        }
    }
}
