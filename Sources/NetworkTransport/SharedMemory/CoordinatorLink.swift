import Model
import SharedMemory
import TrainingProtocol

/// The coordinator's link to one worker of its host. Belongs to the coordinator's thread.
final class CoordinatorLink {
    let socket: PacketSocket
    /// Whose link it is; nil until the worker has said so.
    private(set) var worker: WorkerID?
    private var memory: WorkerSharedMemory?
    /// Slots whose gradient has come and was not given back to the worker.
    private var isHeld = Array(repeating: false, count: WorkerSharedMemory.gradientSlotCount)

    /// Takes over a connection.
    init(_ socket: consuming PacketSocket) { self.socket = socket }

    /// Shares memory with the worker that the link belongs to, and tells whether it could.
    func open(for worker: WorkerID, parameters: ParameterSlots) -> Bool {
        guard let region = try? SharedRegion(size: WorkerSharedMemory.regionSize),
            let toRead = try? parameters.region.descriptorToPass(isWritable: false),
            let toWrite = try? region.descriptorToPass(isWritable: true),
            socket.send(toRead), socket.send(toWrite)
        else { return false }
        self.worker = worker
        memory = WorkerSharedMemory(region: region, parameterCount: parameters.count)
        return true
    }

    /// Writes samples into a free slot; nil where none is large enough.
    func place(samplesOf work: Work, from source: any SampleSource) -> Packet? {
        let size = source.size(of: work)
        guard size <= WorkerSharedMemory.sampleSlotSize, let memory,
            let slot = memory.takeSampleSlot()
        else { return nil }
        let bytes = memory.samples(slot: slot)
        source.copySamples(of: work, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<size]))
        return Packet(slot: slot, payloadSize: size)
    }

    /// The buffer that a packet's payload is in.
    func buffer(of packet: Packet) -> ParameterBuffer? {
        guard let slot = packet.slot, let memory else { return nil }
        return memory.gradients[slot]
    }

    /// Gives a buffer's slot back to the worker as soon as nobody holds the buffer: the worker has
    /// written all that it is going to.
    func giveBackWhenUnused(_ buffer: ParameterBuffer) {
        guard let slot = memory?.gradients.firstIndex(where: { $0 === buffer }) else { return }
        isHeld[slot] = true
    }

    /// Where the worker computed last.
    var place: HostProcessor? { memory?.place }

    /// Tells the worker what the host's workers leave of its processors.
    func setRoom(_ room: ProcessorRoom) { memory?.room = room }

    /// Asks the worker to move.
    func ask(toMoveTo processor: HostProcessor) { memory?.ask(toMoveTo: processor) }

    /// Gives the slots back whose gradients nobody holds any more.
    func releaseGradients() {
        for slot in isHeld.indices where isHeld[slot] {
            guard memory?.isUnused(gradient: slot) == true else { continue }
            isHeld[slot] = false
            memory?.gradientWord(slot: slot).store(0)
        }
    }
}

extension WorkerSharedMemory {
    /// Whether nobody but the memory holds a gradient's buffer.
    fileprivate mutating func isUnused(gradient slot: Int) -> Bool {
        isKnownUniquelyReferenced(&gradients[slot])
    }
}
