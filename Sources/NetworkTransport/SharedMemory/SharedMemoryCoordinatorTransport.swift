package import Arithmetic
import Model
package import TrainingProtocol
package import Transport
package import Wire
package import ZeroMQ

/// Carries messages to and from the workers of the coordinator's own host.
package final class SharedMemoryCoordinatorTransport: CoordinatorTransport {
    package typealias Failure = ZeroMQError
    package typealias Payloads = NetworkPayloads

    private let links: CoordinatorLinks
    private var lostWorkers: [WorkerID] = []
    package private(set) var traffic = Traffic()

    /// Takes over links that nobody has connected to yet.
    package init(_ links: CoordinatorLinks) { self.links = links }

    package func receive() -> CoordinatorReceived<NetworkPayloads>? {
        while let received = links.receive() {
            switch received {
            case .lost(let worker):
                lostWorkers.append(worker)
            case .message(let header, let buffer, let size, let worker):
                let payloadSize = buffer == nil ? 0 : size
                traffic.add(byteCount: header.count + payloadSize, isSent: false)
                return self.received(header, buffer, size: payloadSize, from: worker)
            }
        }
        return nil
    }

    private func received(
        _ header: UnsafeRawBufferPointer,
        _ buffer: ParameterBuffer?,
        size: Int,
        from worker: WorkerID
    ) -> CoordinatorReceived<NetworkPayloads> {
        let route = Route(over: self, from: worker)
        do {
            let contents = try WireDecoding.workerContents(header)
            if let buffer, !contents.isContinued { links.giveBackWhenUnused(buffer, to: worker) }
            switch contents {
            case .profile(let header):
                guard let buffer, size <= buffer.bytes.count else {
                    return .rejected(.profile, route)
                }
                // A copy: the worker may write to the original meanwhile.
                return .profile(
                    ReceivedProfile(header: header, bytes: Array(buffer.bytes.prefix(size))),
                    route
                )
            case .message(let message, let sums):
                return WorkerArrival<NetworkPayloads>(
                    message: message,
                    sums: sums,
                    gradient: buffer,
                    payloadSize: size,
                    worker: worker,
                    route: route
                ).received
            }
        } catch {
            return .rejected(.header(error), route)
        }
    }

    package func send(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<NetworkPayloads>,
        to worker: WorkerID
    ) -> Delivery {
        guard links.holds(worker) else { return .unsuited }
        let header = WireEncoding.bytes(of: message, offer: payload.offer)
        guard links.send(header, payload, to: worker) else { return .unsuited }
        traffic.add(byteCount: header.count + payload.size, isSent: true)
        return .sent
    }

    package func drop(_ worker: WorkerID) { links.drop(worker) }

    package func drop(_ route: Route) {
        guard route.isOver(self), let worker = route.sender else { return }
        links.drop(worker)
        lostWorkers.append(worker)
    }

    package func nextLostWorker() -> WorkerID? {
        lostWorkers.isEmpty ? nil : lostWorkers.removeFirst()
    }

    package func carries(_ worker: WorkerID) -> Bool { links.holds(worker) }

    package func add(to offer: inout WelcomeOffer, for worker: WorkerID) {
        offer.localLink = links.name
    }

    package func arrangeWorkers(where computes: (WorkerID) -> Bool) {
        links.arrangeWorkers(where: computes)
    }

    package var parameterMemory: (any ParameterMemory)? { links.slots }
}

extension SharedMemoryCoordinatorTransport: PolledTransport {
    package func add(to poller: inout Poller) { links.add(to: &poller) }

    package func update(_ poller: inout Poller) { links.update(&poller) }
}
