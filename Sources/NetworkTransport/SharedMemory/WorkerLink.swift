import Glibc
package import Model
import SharedMemory
package import TrainingProtocol
package import Wire

/// A worker's link to a coordinator of its own host: messages as packets, payloads in shared
/// memory.
///
/// Belongs to one thread.
package final class WorkerLink {
    /// What came in.
    package enum Received {
        /// A message: its header, to be read before the next one is received, and where its payload
        /// is.
        case message(UnsafeRawBufferPointer, Packet)
        /// The link has ended; messages go over ZeroMQ.
        case end
    }

    /// The name of the coordinator's listener.
    let name: String
    private let socket: PacketSocket
    private let parameterCount: Int
    private var parameters: SharedRegion?
    /// The slots of the parameters, those that a message has named.
    private var parameterBuffers: [ParameterBuffer?] = Array(
        repeating: nil,
        count: ParameterSlots.slotCount
    )
    private var memory: WorkerSharedMemory?
    private let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Packet.sizeMax,
        alignment: 8
    )

    /// Connects to the listener that a welcome named; nil when that is on another host.
    package init?(
        connectingTo name: String,
        as worker: WorkerID,
        network: LeNet = .digits
    ) {
        guard let socket = PacketSocket(connectingTo: name) else { return nil }
        let number = worker.rawValue.littleEndian
        guard withUnsafeBytes(of: number, { socket.send($0) }) else { return nil }
        self.name = name
        parameterCount = network.parameterCount
        self.socket = socket
    }

    deinit { bytes.deallocate() }

    /// What to poll for reading.
    var fileDescriptor: Int32 { socket.fileDescriptor }

    /// Whether something can be received.
    var hasMessage: Bool {
        var item = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&item, 1, 0) > 0
    }

    /// Whether messages can go this way: the coordinator has shared its memory.
    package var isOpen: Bool { memory != nil }

    /// Sends a message.
    ///
    /// - Parameter buffer: holds its payload; nil for none.
    /// - Returns: whether the system has taken it; nil when the payload is not in shared memory.
    package func send(
        _ header: HeaderBytes,
        _ buffer: ParameterBuffer?,
        payloadSize: Int
    ) -> Bool? {
        guard let memory else { return nil }
        var packet = Packet()
        if let buffer {
            guard let slot = memory.gradients.firstIndex(where: { $0 === buffer }) else {
                return nil
            }
            packet = Packet(slot: slot, payloadSize: payloadSize)
        }
        let size = packet.write(header: header, into: bytes)
        return socket.send(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
    }

    /// Takes the next message, if there is one.
    package func receive() -> Received? {
        guard isOpen else { return join() }
        switch socket.receive(into: bytes) {
        case .nothing:
            return nil
        case .end:
            return .end
        case .packet(let size):
            let bytes = UnsafeRawBufferPointer(rebasing: bytes[..<size])
            let slotCountMax = max(ParameterSlots.slotCount, WorkerSharedMemory.sampleSlotCount)
            guard let packet = Packet(bytes, slotCount: slotCountMax) else { return .end }
            return .message(UnsafeRawBufferPointer(rebasing: bytes[Packet.prefixSize...]), packet)
        }
    }

    /// Maps the coordinator's memory: two descriptors come before the first message.
    private func join() -> Received? {
        var descriptor: PassedDescriptor?
        if socket.receive(into: bytes, &descriptor) == .nothing { return nil }
        guard let descriptor else { return .end }
        do {
            if parameters == nil {
                parameters = try SharedRegion(
                    joining: descriptor,
                    size: ParameterSlots.regionSize,
                    isWritable: false
                )
            } else {
                let region = try SharedRegion(
                    joining: descriptor,
                    size: WorkerSharedMemory.regionSize,
                    isWritable: true
                )
                memory = WorkerSharedMemory(region: region, parameterCount: parameterCount)
            }
            return receive()
        } catch {
            return .end
        }
    }

    /// Whether the coordinator has a processor left to work on while workers compute.
    package var wantsEarlySegments: Bool { memory?.room == .everybody }

    /// Lets the coordinator leave this worker's processor, if it shares it.
    ///
    /// Where a thread goes to sleep that has had more than its share, Linux (from 6.12 on) leaves
    /// it in its processor's queue, and wakes it there in the middle of what this worker computes.
    /// It leaves the queue when the processor chooses anew. After that an answer wakes it on its
    /// sender's processor, which has nothing else to do.
    func makeWay() {
        if memory?.room == .workersOnly { sched_yield() }
    }

    /// Says where the calling thread runs, and moves it where the coordinator asked it to.
    package func settle() { memory?.settle() }

    /// A buffer in the coordinator's memory for a gradient; nil when none is free.
    package func takeGradientBuffer() -> ParameterBuffer? { memory?.takeGradientBuffer() }

    /// Gives a gradient's buffer back that is not going to be sent, if it is one of the link's.
    package func giveBack(_ gradient: ParameterBuffer) {
        guard let slot = memory?.gradients.firstIndex(where: { $0 === gradient }) else { return }
        memory?.gradientWord(slot: slot).store(0)
    }

    /// The parameters that a message brought.
    package func parameters(of packet: Packet) -> SharedParameters? {
        guard let parameters, let slot = packet.slot, slot < ParameterSlots.slotCount else {
            return nil
        }
        let buffer =
            parameterBuffers[slot]
            ?? ParameterSlots.buffer(in: parameters, slot: slot, count: parameterCount)
        parameterBuffers[slot] = buffer
        return SharedParameters(region: parameters, slot: slot, buffer: buffer)
    }

    /// The samples that a message brought, to be freed once they are used.
    package func samples(of packet: Packet) -> SampleSlot? {
        guard let memory, let slot = packet.slot, slot < WorkerSharedMemory.sampleSlotCount,
            packet.payloadSize <= WorkerSharedMemory.sampleSlotSize
        else { return nil }
        return SampleSlot(memory: memory, slot: slot, size: packet.payloadSize)
    }
}

/// The parameters of one version in the coordinator's memory, which may write another there once
/// their round is over.
package struct SharedParameters {
    let region: SharedRegion
    let slot: Int
    /// The parameters, to be read only.
    package let buffer: ParameterBuffer

    /// Whether all that was read so far was of `version`.
    package func isHolding(_ version: Int) -> Bool {
        ParameterSlots.isHolding(version, in: region, slot: slot)
    }
}

/// Samples in shared memory, kept there until they are freed.
package struct SampleSlot {
    /// The bytes, which the coordinator may go on writing to.
    package let bytes: UnsafeRawBufferPointer
    private let word: SharedWord
    private let region: SharedRegion

    init(memory: WorkerSharedMemory, slot: Int, size: Int) {
        bytes = UnsafeRawBufferPointer(rebasing: memory.samples(slot: slot)[..<size])
        word = memory.sampleWord(slot: slot)
        region = memory.region
    }

    /// Lets the coordinator write others there.
    package func free() { word.store(0) }
}
