package import Model
import Transport
import ZeroMQ

/// The samples of one piece of work, where they arrived: in a frame, in shared memory, or in memory
/// of their own.
package enum StoredSamples: ReceivedSamples {
    /// In a frame.
    case frame(SampleFrame)
    /// In shared memory.
    case slot(SampleSlot)
    /// In memory of their own, where no network is between.
    case bytes([UInt8])

    /// Lends the bytes for as long as `body` runs.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .slot(let slot): body(slot.bytes)
        case .frame(let frame): frame.message.withUnsafeBytes(body)
        case .bytes(let bytes): bytes.withUnsafeBytes(body)
        }
    }

    /// Gives a slot back; nothing to do for what is the worker's own.
    package func free() {
        if case .slot(let slot) = self { slot.free() }
    }
}

/// A frame of samples.
package final class SampleFrame {
    fileprivate let message: Message

    /// Keeps a frame.
    init(_ message: consuming Message) { self.message = message }
}

/// The parameters of one version: those that came in frames, or those in shared memory.
package struct StoredParameters: ReceivedParameters {
    /// The parameters, to be read only.
    package let buffer: ParameterBuffer
    private let shared: SharedParameters?
    private let version: Int

    /// Keeps a buffer that nobody writes to any more.
    package init(_ buffer: ParameterBuffer) {
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
    package var isIntact: Bool { shared?.isHolding(version) ?? true }
}
