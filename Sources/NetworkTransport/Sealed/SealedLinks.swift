import Glibc
import Model
import Sealing
import TrainingProtocol
import Transport
import Wire
import ZeroMQ

/// The coordinator's sealed links: messages with payloads to and from workers of other hosts, over
/// a second port that encrypts nothing by itself.
///
/// libzmq's CURVE seals at 1 GB/s and copies several times; AES-256-GCM does it at several GB/s,
/// from the buffer of parameters to the frame and from the frame to the buffer of a gradient. Each
/// welcome carries fresh keys through the encrypted connection. A link is open when the worker has
/// shown that it holds them, and has been answered; until then, and where the port cannot be
/// reached, everything goes through the encrypted connection. Order between the two is lost, which
/// the machines bear. A link that ends counts as a lost worker, which comes again and gets another.
///
/// Whoever reaches the port can connect, and send what opens no link: that ends its connection.
/// Belongs to the coordinator's thread.
final class SealedLinks {
    /// What came in.
    enum Received {
        /// A message: its header, and where its payload is; nil for none.
        case message([UInt8], GradientAssembler.Place?, from: WorkerID)
        /// This worker's link is open.
        case opened(WorkerID)
        /// What was on its way over a link that has ended.
        case late
        /// Bytes that are no message of ours; who sent them was cut off.
        case rejected(RejectedMessage)
    }

    private final class Link {
        let worker: WorkerID
        let sealer: FrameSealer
        let opener: FrameOpener
        /// The connection that it was opened over; nil until then.
        var descriptor: Int32?

        init(_ worker: WorkerID, _ offer: SealedLinkOffer) {
            self.worker = worker
            sealer = FrameSealer(offer.keyToWorker)
            opener = FrameOpener(offer.keyToCoordinator)
        }
    }

    /// The port that welcomes name.
    let port: Int

    private let socket: Socket
    private var monitor: ConnectionMonitor
    private var links: [LinkID: Link] = [:]
    private var ids: [WorkerID: LinkID] = [:]
    /// Links that have ended lately: what was on its way over them is not foreign.
    private var ended: Set<LinkID> = []
    private var lostWorkers: [WorkerID] = []
    private var incoming = Multipart(frameCountMax: 2)
    private var outgoing = Multipart(frameCountMax: 2)

    /// The most that are offered and not yet ended; beyond it, welcomes offer none.
    private static let linkCountMax = 4 * JoinLimit.workerCountMax

    /// Binds.
    ///
    /// - Throws: when the port is in use or not permitted.
    init(binding endpoint: String, in context: Context) throws(ZeroMQError) {
        var options = SocketOptions.sealed(for: endpoint)
        options.router.isMandatory = true
        options.capacity.backlog = 1_024
        // Gradients that wait to be opened; the rest waits at their senders.
        options.capacity.receiveHighWaterMark = 8
        options.connecting.handshakeInterval = .seconds(5)
        socket = try Socket(.router, in: context, options: options)
        let watch = ConnectionWatch(
            descriptorShare: 4,
            unfinishedSizeMax: 4 << 20,
            silenceMax: .seconds(10)
        )
        monitor = try ConnectionMonitor(of: socket, watch)
        try socket.bind(endpoint)
        port = PayloadPort.port(of: socket.lastEndpoint) ?? 0
    }

    /// Has a poller wake for messages and for changes of connections.
    func add(to poller: inout Poller) {
        _ = poller.add(socket)
        monitor.add(to: &poller)
    }

    /// Draws what a welcome offers to a worker; the link that it had before ends.
    func offer(to worker: WorkerID) -> SealedLinkOffer? {
        drop(worker)
        guard links.count < Self.linkCountMax else { return nil }
        let id = LinkID()
        let offer = SealedLinkOffer(
            port: port,
            id: id.bytes,
            keyToWorker: SealingSecret(),
            keyToCoordinator: SealingSecret()
        )
        links[id] = Link(worker, offer)
        ids[worker] = id
        return offer
    }

    /// Ends a worker's link, or takes its offer back.
    func drop(_ worker: WorkerID) {
        guard let id = ids.removeValue(forKey: worker) else { return }
        if let descriptor = links.removeValue(forKey: id)?.descriptor {
            ConnectionMonitor.end(descriptor)
        }
        if ended.count == Self.linkCountMax { ended = [] }
        ended.insert(id)
    }

    /// Whether messages with a payload can go to a worker this way.
    func isOpen(to worker: WorkerID) -> Bool { openLink(to: worker) != nil }

    private func openLink(to worker: WorkerID) -> (id: LinkID, link: Link)? {
        guard let id = ids[worker], let link = links[id], link.descriptor != nil else { return nil }
        return (id, link)
    }

    /// Sends the samples of a piece of work, and tells whether the link takes them; it ends where
    /// it does not.
    func send(
        _ header: HeaderBytes,
        samplesOf work: Work,
        from source: any SampleSource,
        to worker: WorkerID
    ) throws(ZeroMQError) -> Bool {
        guard let (id, link) = openLink(to: worker) else { return false }
        let size = SealedFrame.size(payloadSize: source.size(of: work))
        let frame = Message(size: size) { frame in
            let place = SealedFrame.payload(in: frame)
            source.copySamples(of: work, into: place)
            link.sealer.seal(header: header, payload: UnsafeRawBufferPointer(place), into: frame)
        }
        return try send(frame, to: worker, id)
    }

    /// Sends a message with a payload, straight from where that is, and tells whether the link
    /// takes it; it ends where it does not.
    func send(
        _ header: HeaderBytes,
        _ payload: UnsafeRawBufferPointer,
        to worker: WorkerID
    ) throws(ZeroMQError) -> Bool {
        guard let (id, link) = openLink(to: worker) else { return false }
        return try send(.sealed(by: link.sealer, behind: header, payload), to: worker, id)
    }

    private func send(
        _ frame: consuming Message,
        to worker: WorkerID,
        _ id: LinkID
    ) throws(ZeroMQError) -> Bool {
        outgoing.removeAll()
        outgoing.append(Message(copying: LinkID.routingID(id.bytes)))
        outgoing.append(frame)
        let isSent = try socket.send(&outgoing) == .sent
        if !isSent { drop(worker) }
        return isSent
    }

    /// Takes the next message, if one is there, with its payload in a place of `gradients`.
    func receive(into gradients: GradientAssembler) throws(ZeroMQError) -> Received? {
        guard try socket.receive(into: &incoming) else { return nil }
        let descriptor = incoming.sourceDescriptor(at: incoming.frameCount - 1)
        do throws(Objection) {
            return try open(descriptor, into: gradients)
        } catch {
            if let descriptor { ConnectionMonitor.end(descriptor) }
            return .rejected(error.message)
        }
    }

    private struct Objection: Error {
        let message: RejectedMessage
    }

    private func open(
        _ descriptor: Int32?,
        into gradients: GradientAssembler
    ) throws(Objection) -> Received {
        guard incoming.frameCount == 2, incoming.droppedFrameCount == 0 else {
            let count = incoming.frameCount + incoming.droppedFrameCount
            throw Objection(message: .frames(count: count))
        }
        let id = incoming.withFrame(at: 0) { LinkID(routingID: $0) }
        if let id, ended.contains(id) { return .late }
        guard let id, let link = links[id] else { throw Objection(message: .sender) }
        do throws(Objection) {
            return try open(over: link, descriptor, into: gradients)
        } catch {
            // Whoever it was has got into the link's connection, which is of no more use.
            if link.descriptor != nil { lostWorkers.append(link.worker) }
            drop(link.worker)
            throw error
        }
    }

    private func open(
        over link: Link,
        _ descriptor: Int32?,
        into gradients: GradientAssembler
    ) throws(Objection) -> Received {
        let size = incoming.frameSize(at: 1)
        let payloadSize = SealedFrame.payloadSize(size: size)
        let place = payloadSize.flatMap { gradients.place(ofSize: $0) }
        guard payloadSize == 0 || place != nil else {
            throw Objection(message: .seal(.size(size)))
        }
        let header: [UInt8]
        do throws(SealingError) {
            header = try incoming.withFrame(at: 1) { (frame) throws(SealingError) in
                let nothing = UnsafeMutableRawBufferPointer(start: nil, count: 0)
                return try link.opener.open(frame, into: place?.bytes ?? nothing)
            }
        } catch {
            throw Objection(message: .seal(error))
        }
        if let descriptor { monitor.watch.noteMessage(over: descriptor) }
        if link.descriptor == nil {
            link.descriptor = descriptor
            if let descriptor { monitor.watch.noteWorker(over: descriptor) }
            return .opened(link.worker)
        }
        return .message(header, place, from: link.worker)
    }

    /// Tells a worker that its link is open.
    ///
    /// - Returns: false when the link has ended already.
    func confirm(_ worker: WorkerID) throws(ZeroMQError) -> Bool {
        guard let id = ids[worker], let link = links[id] else { return false }
        return try send(.sealed(by: link.sealer), to: worker, id)
    }

    /// Takes the next worker whose open link has ended, if there is one.
    func nextLostWorker() throws(ZeroMQError) -> WorkerID? {
        if !lostWorkers.isEmpty { return lostWorkers.removeFirst() }
        while let descriptor = try monitor.nextEnd() {
            if let link = links.values.first(where: { $0.descriptor == descriptor }) {
                // Its descriptor may be another connection's soon.
                link.descriptor = nil
                drop(link.worker)
                return link.worker
            }
        }
        return nil
    }

    /// Ends the connections that bring what is no message or open no link, and returns which.
    func endOverfull(at now: Duration) -> [RejectedMessage] { monitor.endOverfull(at: now) }

    /// When to look for such connections next.
    var nextLook: Duration { monitor.watch.nextLook }
}
