import Model
import TrainingProtocol
import ZeroMQ

/// The samples that a worker has for work that it is to compute.
struct SampleStore {
    private var samples: [Work: StoredSamples] = [:]

    /// Keeps the samples of a piece of work.
    mutating func store(_ stored: StoredSamples, of work: Work) {
        samples.updateValue(stored, forKey: work)?.free()
    }

    /// Lends a work's samples for as long as `body` runs; nil where there are none.
    func withSamples<Result>(
        of work: Work,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        switch samples[work] {
        case .slot(let slot): body(slot.bytes)
        case .frame(let frame): frame.message.withUnsafeBytes(body)
        case nil: nil
        }
    }

    /// Drops a work's samples.
    mutating func remove(_ work: Work) { samples.removeValue(forKey: work)?.free() }

    /// Drops all samples.
    mutating func removeAll() {
        for stored in samples.values { stored.free() }
        samples.removeAll()
    }
}

/// The samples of one piece of work, where they arrived: in a frame, or in shared memory.
enum StoredSamples {
    /// In a frame.
    case frame(SampleFrame)
    /// In shared memory.
    case slot(SampleSlot)

    /// Gives a slot back; nothing to do for a frame.
    func free() {
        if case .slot(let slot) = self { slot.free() }
    }
}

/// A frame of samples.
final class SampleFrame {
    fileprivate let message: Message

    /// Keeps a frame.
    init(_ message: consuming Message) { self.message = message }
}

/// The parameters of one version: those that came in frames, or those in shared memory.
struct StoredParameters {
    /// The parameters, to be read only.
    let buffer: ParameterBuffer
    private let shared: SharedParameters?
    private let version: Int

    /// Keeps a buffer that nobody writes to any more.
    init(_ buffer: ParameterBuffer) {
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
