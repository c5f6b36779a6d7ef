import Model
package import TrainingProtocol
package import Transport
package import Wire
package import ZeroMQ

/// Carries messages with payloads to and from the workers that have a sealed link.
package final class SealedCoordinatorTransport: CoordinatorTransport {
    package typealias Failure = ZeroMQError
    package typealias Payloads = NetworkPayloads

    private let links: SealedLinks
    private let gradients: GradientAssembler
    private var lostWorkers: [WorkerID] = []
    package private(set) var traffic = Traffic()

    /// The port that welcomes name.
    package var port: Int { links.port }

    /// Binds to `endpoint`.
    ///
    /// - Throws: when the port is in use or not permitted.
    package init(
        binding endpoint: String,
        gradients: GradientAssembler,
        in context: Context
    ) throws(ZeroMQError) {
        links = try SealedLinks(binding: endpoint, in: context)
        self.gradients = gradients
    }

    package func receive() throws(ZeroMQError) -> CoordinatorReceived<NetworkPayloads>? {
        switch try links.receive(into: gradients) {
        case nil:
            return nil
        case .late?:
            return .late
        case .rejected(let message)?:
            return .rejected(message, .ended)
        case .opened(let worker)?:
            if try !links.confirm(worker) { lostWorkers.append(worker) }
            return .linkOpened(worker)
        case .message(let header, let place, let worker)?:
            traffic.add(
                byteCount: header.count + (place?.bytes.count ?? 0),
                isSent: false,
                isSealed: true
            )
            return received(header, place, from: worker)
        }
    }

    private func received(
        _ header: [UInt8],
        _ place: GradientAssembler.Place?,
        from worker: WorkerID
    ) -> CoordinatorReceived<NetworkPayloads> {
        let route = Route(over: self, from: worker)
        do {
            switch try WireDecoding.workerContents(header) {
            case .profile:
                // Workers send theirs over the main connection.
                return .rejected(.profile, route)
            case .message(let message, let sums):
                let gradient = place.flatMap {
                    gradients.gradient(of: message, from: worker, at: $0)
                }
                return WorkerArrival<NetworkPayloads>(
                    message: message,
                    sums: sums,
                    gradient: gradient,
                    payloadSize: gradient?.bytes.count ?? place?.bytes.count ?? 0,
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
    ) throws(ZeroMQError) -> Delivery {
        guard links.isOpen(to: worker) else { return .unsuited }
        switch payload {
        case .none, .offer:
            return .unsuited
        case .samples(let work, let source):
            let header = WireEncoding.bytes(of: message)
            traffic.add(
                byteCount: header.count + source.size(of: work),
                isSent: true,
                isSealed: true
            )
            let isSent = try links.send(header, samplesOf: work, from: source, to: worker)
            return isSent ? .sent : .lost
        case .parameters(let buffer):
            let header = WireEncoding.bytes(of: message)
            // The convolutions', which are needed first, then the rest.
            for segment in buffer.segments {
                traffic.add(
                    byteCount: header.count + segment.count,
                    isSent: true,
                    isSealed: true
                )
                let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[segment])
                guard try links.send(header, bytes, to: worker) else { return .lost }
            }
            return .sent
        }
    }

    package func drop(_ worker: WorkerID) { links.drop(worker) }

    package func drop(_ route: Route) {
        guard route.isOver(self), let worker = route.sender else { return }
        links.drop(worker)
        lostWorkers.append(worker)
    }

    /// What such a worker has sent ahead over its first connection, which goes on, is kept.
    package func nextLostWorker() throws(ZeroMQError) -> WorkerID? {
        if !lostWorkers.isEmpty { return lostWorkers.removeFirst() }
        return try links.nextLostWorker()
    }

    package func attend(at now: Duration) -> [RejectedMessage] { links.endOverfull(at: now) }

    package var deadline: Duration? { links.nextLook }

    package func carries(_ worker: WorkerID) -> Bool { links.isOpen(to: worker) }

    package func add(to offer: inout WelcomeOffer, for worker: WorkerID) {
        offer.sealedLink = links.offer(to: worker)
    }

    package func fallbackDidLose(_ worker: WorkerID) { links.drop(worker) }
}

extension SealedCoordinatorTransport: PolledTransport {
    package func add(to poller: inout Poller) { links.add(to: &poller) }
}
