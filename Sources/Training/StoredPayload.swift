import Model
import ZeroMQ

/// The samples of one piece of work, where they arrived: in a frame, or in shared memory.
final class StoredSamples {
    private let message: Message?
    private let slot: SampleSlot?

    /// Keeps a frame.
    init(_ message: consuming Message) {
        self.message = consume message
        slot = nil
    }

    /// Keeps a slot.
    init(_ slot: SampleSlot) {
        message = nil
        self.slot = slot
    }

    /// Lends the bytes for as long as `body` runs.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let slot { return body(slot.bytes) }
        return message!.withUnsafeBytes(body)
    }
}

/// The parameters of one version: those of a frame, aligned, or those in shared memory.
struct StoredParameters {
    /// The parameters, to be read only.
    let buffer: ParameterBuffer
    private let shared: SharedParameters?
    private let version: Int

    /// Copies a frame, which may lie at any address, into `buffer`.
    init(_ message: consuming Message, copiedInto buffer: ParameterBuffer) {
        message.withUnsafeBytes { buffer.bytes.copyMemory(from: $0) }
        self.buffer = buffer
        shared = nil
        version = 0
    }

    /// Names a slot that holds `version`.
    init(_ shared: SharedParameters, version: Int) {
        buffer = shared.buffer
        self.shared = shared
        self.version = version
    }

    /// Whether the coordinator has left them as they were: it writes over them when their round is
    /// over.
    var isIntact: Bool { shared?.isHolding(version) ?? true }
}
