import Arithmetic
package import Model
import SharedMemory

/// The coordinator's parameters in memory that the workers of its host read: one version a slot.
///
/// A slot's word says which version it holds, and that it holds none while it is written. A worker
/// reads without asking and looks at the word when it is done: where it has changed, the round is
/// over that the worker computed for. Belongs to the coordinator's thread.
package final class ParameterSlots: ParameterMemory {
    /// Two are in use, more where answers are kept to be compared.
    static let slotCount = 24

    /// The words, then the slots.
    package static let regionSize = slotsOffset + slotCount * slotStride

    let region: SharedRegion
    private var usedCount = 0
    /// How many parameters a version has.
    let count: Int

    /// Makes slots that hold no version.
    init(region: SharedRegion, network: LeNet = .digits) {
        self.region = region
        count = network.parameterCount
    }

    private static let slotsOffset = 4_096
    private static let slotStride = ParameterBuffer.pagedSizeMax

    /// The buffer of a slot that was not used before; nil when all were.
    package func takeBuffer() -> ParameterBuffer? {
        guard usedCount < Self.slotCount else { return nil }
        usedCount += 1
        return Self.buffer(in: region, slot: usedCount - 1, count: count)
    }

    /// Notes that a buffer is about to hold another version.
    package func willWrite(_ buffer: ParameterBuffer) {
        guard let slot = slot(of: buffer) else { return }
        Self.word(in: region, slot: slot).storeFirst(0)
    }

    /// Notes which version a buffer holds from now on.
    package func didWrite(_ buffer: ParameterBuffer, version: Int) {
        guard let slot = slot(of: buffer) else { return }
        Self.word(in: region, slot: slot).store(UInt64(version) + 1)
    }

    /// Which slot a buffer is; nil if it is none of these.
    func slot(of buffer: ParameterBuffer) -> Int? {
        guard let start = region.bytes.baseAddress else { return nil }
        let offset = UnsafeRawPointer(buffer.start) - UnsafeRawPointer(start) - Self.slotsOffset
        let slot = offset / Self.slotStride
        return offset >= 0 && slot < Self.slotCount ? slot : nil
    }

    /// A slot's buffer, as the worker or the coordinator sees it.
    static func buffer(in region: SharedRegion, slot: Int, count: Int) -> ParameterBuffer {
        precondition((0..<slotCount).contains(slot), "slot \(slot) of \(slotCount)")
        let start = region.bytes.baseAddress! + slotsOffset + slot * slotStride
        return ParameterBuffer(at: start, of: region, count: count)
    }

    /// Whether a slot holds a version, and has held it ever since something was read from it.
    static func isHolding(_ version: Int, in region: SharedRegion, slot: Int) -> Bool {
        word(in: region, slot: slot).loadLast() == UInt64(version) + 1
    }

    private static func word(in region: SharedRegion, slot: Int) -> SharedWord {
        SharedWord(in: region, at: slot * 64)
    }
}
