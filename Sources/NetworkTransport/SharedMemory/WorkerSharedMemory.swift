import Model
import SharedMemory
import TrainingProtocol
import Wire

/// The memory that the coordinator shares with one worker of its host: samples one way, gradients
/// the other.
///
/// Each slot has a word: 0 when it is free, else 1. Who fills a slot takes it, who has read it
/// frees it; a message says in between which slot its payload is in.
package struct WorkerSharedMemory {
    /// As many as a worker holds leases, and some that were asked for again.
    static let sampleSlotCount = 12

    /// Answers that wait for others to be added to.
    static let gradientSlotCount = 8

    /// The size of the region, which takes memory only where it was written to.
    package static let regionSize =
        samplesOffset + sampleSlotCount * sampleSlotSize

    /// The samples of the largest piece of work: 2⁶ whole shards.
    static let sampleSlotSize = 64 * LeNet.shardSampleCountMax * LeNet.sampleSize

    private static let gradientsOffset = 4_096
    private static let gradientStride = ParameterBuffer.pagedSizeMax
    private static let samplesOffset = gradientsOffset + gradientSlotCount * gradientStride

    let region: SharedRegion
    /// The gradients' slots as buffers.
    var gradients: [ParameterBuffer]

    /// Names the parts of a region.
    init(region: SharedRegion, parameterCount: Int) {
        self.region = region
        gradients = (0..<Self.gradientSlotCount).map { slot in
            let start =
                region.bytes.baseAddress! + Self.gradientsOffset + slot * Self.gradientStride
            return ParameterBuffer(at: start, of: region, count: parameterCount)
        }
    }

    /// The bytes of a slot of samples.
    func samples(slot: Int) -> UnsafeMutableRawBufferPointer {
        precondition((0..<Self.sampleSlotCount).contains(slot), "slot \(slot) of samples")
        let first = Self.samplesOffset + slot * Self.sampleSlotSize
        return UnsafeMutableRawBufferPointer(
            rebasing: region.bytes[first..<first + Self.sampleSlotSize]
        )
    }

    /// The word of a slot of samples.
    func sampleWord(slot: Int) -> SharedWord {
        word(after: slot)
    }

    /// The word of a gradient's slot.
    func gradientWord(slot: Int) -> SharedWord { SharedWord(in: region, at: slot * 64) }

    /// Where the worker computed last, and where it should go: a processor's number and 1.
    private var placeWord: SharedWord { word(after: Self.sampleSlotCount) }
    private var moveWord: SharedWord { word(after: Self.sampleSlotCount + 1) }

    private var roomWord: SharedWord { word(after: Self.sampleSlotCount + 2) }

    /// What the host's workers leave of its processors, as the coordinator sees it.
    var room: ProcessorRoom {
        get { ProcessorRoom(rawValue: roomWord.load()) ?? .none }
        nonmutating set { roomWord.store(newValue.rawValue) }
    }

    private func word(after count: Int) -> SharedWord {
        SharedWord(in: region, at: (Self.gradientSlotCount + count) * 64)
    }

    /// Where the worker computed last, as far as it has said so.
    var place: HostProcessor? { processor(in: placeWord) }

    /// The processor that a word names; nil for none, and for what is no number of a processor: the
    /// other side may have written anything.
    private func processor(in word: SharedWord) -> HostProcessor? {
        let number = word.load()
        guard (1...UInt64(Int32.max)).contains(number) else { return nil }
        return HostProcessor(number: Int(number) - 1)
    }

    /// Asks the worker to move.
    func ask(toMoveTo processor: HostProcessor) {
        moveWord.store(UInt64(processor.number) + 1)
    }

    /// Moves the calling thread where it was asked to, and says where it is.
    func settle() {
        if let target = processor(in: moveWord) {
            moveWord.store(0)
            target.attract()
        }
        placeWord.store(UInt64(HostProcessor.current.number) + 1)
    }

    /// A free slot of samples, taken; nil when there is none.
    func takeSampleSlot() -> Int? {
        let free = (0..<Self.sampleSlotCount).first { sampleWord(slot: $0).load() == 0 }
        if let free { sampleWord(slot: free).store(1) }
        return free
    }

    /// The buffer of a free gradient's slot, taken; nil when there is none.
    func takeGradientBuffer() -> ParameterBuffer? {
        let free = (0..<Self.gradientSlotCount).first { gradientWord(slot: $0).load() == 0 }
        guard let free else { return nil }
        gradientWord(slot: free).store(1)
        return gradients[free]
    }
}

/// A message between processes of one host: where its payload is, then the header of `Wire`.
package struct Packet {
    /// The slot that holds the payload; nil for none.
    package var slot: Int?
    /// The payload's bytes.
    package var payloadSize = 0

    /// Bytes before the header.
    static let prefixSize = 8
    /// No packet of ours is longer.
    static let sizeMax = prefixSize + 512

    /// Writes prefix and header, and returns how many bytes they take.
    func write(header: HeaderBytes, into bytes: UnsafeMutableRawBufferPointer) -> Int {
        bytes.storeBytes(of: UInt32((slot ?? -1) + 1).littleEndian, as: UInt32.self)
        bytes.storeBytes(of: UInt32(payloadSize).littleEndian, toByteOffset: 4, as: UInt32.self)
        header.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: bytes[Self.prefixSize...]).copyMemory(from: $0)
        }
        return Self.prefixSize + header.count
    }

    /// Reads a prefix; nil if there is none, or it names a slot beyond `slotCount`.
    init?(_ bytes: UnsafeRawBufferPointer, slotCount: Int) {
        guard bytes.count >= Self.prefixSize else { return nil }
        let number = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
        guard number <= slotCount else { return nil }
        slot = number == 0 ? nil : number - 1
        payloadSize = Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        )
    }

    /// Describes a message's payload.
    init(slot: Int? = nil, payloadSize: Int = 0) {
        self.slot = slot
        self.payloadSize = payloadSize
    }
}
