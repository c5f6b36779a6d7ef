package import Model
import SharedMemory
package import TrainingProtocol
package import Transport
package import Wire
import ZeroMQ

/// The coordinator's links to the workers of its own host: messages as packets, payloads in shared
/// memory.
///
/// A welcome names the listener; a worker that can connect to it is on this host, and says who it
/// is. From then on, also when it says hello again, what it is sent goes this way, and what does
/// not fit goes over ZeroMQ as before: the machines bear any order. Belongs to the coordinator's
/// thread.
package final class CoordinatorLinks {
    /// What came in.
    package enum Received {
        /// A message: its header, to be read before the next one is received, the buffer that holds
        /// its payload, and the size of that.
        case message(UnsafeRawBufferPointer, ParameterBuffer?, payloadSize: Int, from: WorkerID)
        /// The link to this worker has ended.
        case lost(WorkerID)
    }

    /// Parameters that all these workers read.
    package let slots: ParameterSlots

    private let listener: PacketListener
    private var waiter: PacketWaiter
    private var links: [UInt64: CoordinatorLink] = [:]
    private var polled = PolledLinks()
    private var numbers: [WorkerID: UInt64] = [:]
    private var nextNumber: UInt64 = 1
    private var arrangement = ProcessorArrangement()
    /// Each link has two descriptors: together a quarter of those that the process may have.
    private let linkCountMax = min(
        JoinLimit.workerCountMax,
        ConnectionWatch.processDescriptorCountMax / 8
    )
    private let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Packet.sizeMax,
        alignment: 8
    )

    /// Listens; nil where the system has no shared memory or no such sockets.
    package init?(of network: LeNet = .digits) {
        var random = SystemRandomNumberGenerator()
        let name = "lockstep-" + String(random.next(), radix: 16) + String(random.next(), radix: 16)
        guard let listener = PacketListener(name: name), let waiter = PacketWaiter(),
            let region = try? SharedRegion(size: ParameterSlots.regionSize),
            waiter.add(listener.fileDescriptor, number: 0)
        else { return nil }
        slots = ParameterSlots(region: region, network: network)
        self.listener = listener
        self.waiter = waiter
    }

    deinit { bytes.deallocate() }

    /// What a welcome says to workers of this host.
    package var name: String { listener.name }

    /// Adds what can be read to the sources of a poller.
    func add(to poller: inout Poller) {
        _ = poller.add(fileDescriptor: waiter.fileDescriptor)
        polled.add(to: &poller)
    }

    /// Has the poller know of links that have come or gone.
    func update(_ poller: inout Poller) {
        polled.update(&poller) { links[$0]?.socket.fileDescriptor }
    }

    /// Whether a worker has a link.
    func holds(_ worker: WorkerID) -> Bool { numbers[worker] != nil }

    /// Closes a worker's link.
    func drop(_ worker: WorkerID) {
        guard let number = numbers.removeValue(forKey: worker) else { return }
        polled.remove(number)
        links[number] = nil
    }

    /// Suits the workers to the host's processors, now and then.
    ///
    /// - Parameter computes: tells workers that compute from those that stand by.
    package func arrangeWorkers(where computes: (WorkerID) -> Bool = { _ in true }) {
        guard arrangement.isDue() else { return }
        for (worker, number) in numbers where computes(worker) {
            if let link = links[number] { arrangement.add(link) }
        }
        arrangement.arrange()
    }

    /// Gives a payload's buffer back to its worker as soon as nobody holds it.
    package func giveBackWhenUnused(_ buffer: ParameterBuffer, to worker: WorkerID) {
        guard let number = numbers[worker] else { return }
        links[number]?.giveBackWhenUnused(buffer)
    }

    /// Sends a message, and tells whether it could go this way.
    package func send(
        _ header: HeaderBytes,
        _ payload: CoordinatorPayload<NetworkPayloads>,
        to worker: WorkerID
    ) -> Bool {
        guard let number = numbers[worker], let link = links[number] else { return false }
        link.releaseGradients()
        guard let packet = place(payload, on: link) else { return false }
        let size = packet.write(header: header, into: bytes)
        return link.socket.send(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
    }

    private func place(_ payload: CoordinatorPayload<NetworkPayloads>, on link: CoordinatorLink)
        -> Packet?
    {
        switch payload {
        case .none, .offer:
            return Packet()
        case .samples(let work, let source):
            return link.place(samplesOf: work, from: source)
        case .parameters(let buffer):
            return slots.slot(of: buffer).map {
                Packet(slot: $0, payloadSize: buffer.bytes.count)
            }
        }
    }

    /// Takes the next message or loss, if there is one.
    package func receive() -> Received? {
        for _ in 0..<Self.looksMax {
            guard let number = waiter.next() else { return nil }
            if number == 0 {
                acceptLink()
            } else if let received = receive(from: number) {
                return received
            }
        }
        return nil
    }

    /// Looks that bring no message before others are served: whoever connects again and again must
    /// not keep the coordinator here, not even as another user, who gets no further.
    private static let looksMax = 64

    /// Takes a connection; one too many is closed, and its worker goes on over ZeroMQ.
    private func acceptLink() {
        guard let socket = listener.accept(), links.count < linkCountMax,
            waiter.add(socket.fileDescriptor, number: nextNumber)
        else { return }
        links[nextNumber] = CoordinatorLink(socket)
        polled.insert(nextNumber)
        nextNumber += 1
    }

    private func receive(from number: UInt64) -> Received? {
        guard let link = links[number] else { return nil }
        guard case .packet(let size) = link.socket.receive(into: bytes) else {
            return close(number)
        }
        let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<size])
        guard let worker = link.worker else {
            return introduce(link, number, bytes) ? nil : close(number)
        }
        guard let packet = Packet(bytes, slotCount: WorkerSharedMemory.gradientSlotCount) else {
            return close(number)
        }
        return .message(
            UnsafeRawBufferPointer(rebasing: bytes[Packet.prefixSize...]),
            link.buffer(of: packet),
            payloadSize: packet.payloadSize,
            from: worker
        )
    }

    /// Takes the first packet of a link: the worker's number.
    private func introduce(
        _ link: CoordinatorLink,
        _ number: UInt64,
        _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        guard bytes.count == 8 else { return false }
        let rawValue = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        let worker = WorkerID(rawValue: rawValue)
        drop(worker)
        guard link.open(for: worker, parameters: slots) else { return false }
        numbers[worker] = number
        return true
    }

    private func close(_ number: UInt64) -> Received? {
        polled.remove(number)
        guard let worker = links.removeValue(forKey: number)?.worker else { return nil }
        numbers[worker] = nil
        return .lost(worker)
    }
}

extension WorkerContents {
    /// Whether the worker goes on writing to the payload's buffer: the rest comes with the answer.
    var isContinued: Bool {
        if case .message(.earlySegment, _) = self { true } else { false }
    }
}
