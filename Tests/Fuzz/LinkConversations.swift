import Model
import NetworkTransport
import SharedMemory
import TrainingProtocol
import Transport
import Wire

extension SharedRegion {
    /// Writes over a word, with whatever follows it, at a place that the first byte tells.
    fileprivate func write(_ part: [UInt8]) {
        guard part.count > 1 else { return }
        let place = Int(part[0]) * 64 % 4_096
        UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + 64])
            .copyBytes(from: part.dropFirst())
    }
}

/// A coordinator's links, and somebody who connects to them.
final class ConversationWithCoordinator {
    private let links: CoordinatorLinks
    private let parameters: ParameterBuffer
    private var socket: PacketSocket?
    private var region: SharedRegion?
    private var held: [ParameterBuffer] = []
    private var worker = WorkerID(rawValue: 1)

    /// Connects; nil where the system has no such sockets.
    init?() {
        guard let links = CoordinatorLinks(), let buffer = links.slots.takeBuffer() else {
            return nil
        }
        self.links = links
        parameters = buffer
        connect(isOther: false)
    }

    /// Connects under the number of the worker before, or under another one.
    func connect(isOther: Bool) {
        if isOther { worker = WorkerID(rawValue: worker.rawValue + 1) }
        guard let socket = PacketSocket(connectingTo: links.name) else { return }
        _ = withUnsafeBytes(of: worker.rawValue.littleEndian) { socket.send($0) }
        hear()
        region = Self.exchange(over: socket)
        self.socket = consume socket
    }

    /// The memory to write to: what the second of two descriptors names.
    private static func exchange(over socket: borrowing PacketSocket) -> SharedRegion? {
        withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { bytes in
            var descriptor: PassedDescriptor?
            for _ in 0..<2 {
                guard case .packet = socket.receive(into: bytes, &descriptor) else { return nil }
            }
            guard let descriptor else { return nil }
            return try? SharedRegion(
                joining: descriptor,
                size: WorkerSharedMemory.regionSize,
                isWritable: true
            )
        }
    }

    func send(_ packet: [UInt8]) { _ = packet.withUnsafeBytes { socket?.send($0) } }

    func write(_ part: [UInt8]) { region?.write(part) }

    func letCoordinatorAct(_ number: Int) {
        for _ in 0..<16 { links.arrangeWorkers() }
        links.slots.willWrite(parameters)
        links.slots.didWrite(parameters, version: number)
        let payload =
            number % 2 == 0 ? CoordinatorPayload<NetworkPayloads>.none : .parameters(parameters)
        let header = WireEncoding.bytes(of: CoordinatorMessage.heartbeat(FuzzTarget.stamp))
        _ = links.send(header, payload, to: worker)
        if number % 3 == 0 { held = [] }
    }

    /// Has the coordinator take what has come.
    func hear() {
        while let received = links.receive() {
            guard case .message(let header, let buffer, let size, let sender) = received else {
                continue
            }
            _ = try? WireDecoding.workerContents(header)
            guard let buffer else { continue }
            check(size >= 0 && sender == worker, "\(size) bytes of worker \(sender)")
            _ = buffer.floats[0] + buffer.floats[61_705]
            links.giveBackWhenUnused(buffer, to: sender)
            held.append(buffer)
        }
    }
}

/// A worker's link, and somebody who listens for it.
final class ConversationWithWorker {
    private let link: WorkerLink
    private let socket: PacketSocket
    private let parameters: SharedRegion
    private let exchange: SharedRegion
    private var samples: [SampleSlot] = []
    private var gradients: [ParameterBuffer] = []

    /// Shares memory with a worker, of the right sizes and in the right order where `opening` is
    /// over 3; nil where the system has no such memory.
    init?(opening: Int) {
        let name = "lockstep-fuzz-\(UInt64.random(in: 0...(.max)))"
        guard let listener = PacketListener(name: name),
            let link = WorkerLink(connectingTo: name, as: WorkerID(rawValue: 1)),
            let socket = listener.accept(),
            let parameters = try? SharedRegion(size: ParameterSlots.regionSize),
            let exchange = try? SharedRegion(size: WorkerSharedMemory.regionSize),
            let toRead = try? parameters.descriptorToPass(isWritable: opening == 0),
            let toWrite = try? exchange.descriptorToPass(isWritable: opening != 1)
        else { return nil }
        if opening == 2 {
            _ = socket.send(toWrite)
        } else {
            _ = socket.send(toRead)
        }
        if opening == 3 {
            _ = [1, 2].withUnsafeBytes { socket.send($0) }
        } else {
            _ = socket.send(toWrite)
        }
        self.link = link
        self.socket = consume socket
        self.parameters = parameters
        self.exchange = exchange
    }

    func send(_ packet: [UInt8]) { _ = packet.withUnsafeBytes { socket.send($0) } }

    func write(_ part: [UInt8], isParameters: Bool) {
        (isParameters ? parameters : exchange).write(part)
    }

    func letWorkerAct(_ number: Int) {
        link.settle()
        if let gradient = link.takeGradientBuffer() { gradients.append(gradient) }
        guard let gradient = gradients.last else { return }
        if link.wantsEarlySegments || number % 2 == 0 {
            _ = link.send(HeaderBytes([1, 2, 3]), gradient, payloadSize: number)
        } else {
            link.giveBack(gradient)
        }
        if number % 3 == 0 { gradients = [] }
    }

    /// Has the worker take what has come, and tells whether its link goes on.
    func hear() -> Bool {
        while let received = link.receive() {
            guard case .message(let header, let packet) = received else { return false }
            _ = try? WireDecoding.coordinatorMessage(header)
            if let shared = link.parameters(of: packet) {
                _ = shared.buffer.floats[0] + shared.buffer.floats[61_705]
                _ = shared.isHolding(packet.payloadSize)
            }
            if let slot = link.samples(of: packet) {
                check(slot.bytes.count == packet.payloadSize, "\(slot.bytes.count) bytes")
                _ = (slot.bytes.first ?? 0, slot.bytes.last ?? 0)
                samples.append(slot)
                if samples.count > 4 { samples.removeFirst() }
            }
        }
        return true
    }
}
