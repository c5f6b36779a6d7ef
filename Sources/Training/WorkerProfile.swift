import TrainingDriver
import TrainingProtocol
package import Transport
package import Wire

/// What the coordinator's thread spent its time on.
package struct CoordinatorProfile: Equatable, Sendable {
    /// Steps that were applied after the first one, which waited for workers.
    package var stepCount = 0
    /// How long each phase took in these steps.
    package var totals = PhaseTotals()
    /// How long the coordinator's thread had a processor in these steps, in nanoseconds.
    package var processorTime: UInt64 = 0
    /// How often the coordinator's thread asked for memory in these steps; nil where nothing
    /// counts it.
    package var allocationCount: Int?
    /// What was sent and received in these steps.
    package var traffic = Traffic()
    /// The first stretches of time, from the start on.
    package var slices: [PhaseSlice] = []
}

/// What a worker spent its time on, from its welcome to its goodbye.
package struct WorkerProfile: Equatable, Sendable {
    /// How long each phase took.
    package var totals: PhaseTotals
    /// The first stretches of time, by the worker's clock.
    package var slices: [PhaseSlice]
    /// Pieces of a step's work that were computed after the first one.
    package var answerCount: Int
    /// How often the worker's thread asked for memory meanwhile; 0 where nothing counts it.
    package var allocationCount: Int
    /// How far the worker's clock is ahead of the coordinator's, in nanoseconds; 0 on one host.
    package var clockOffset: Int64
    /// How wrong that may be: half the time that a welcome and a profile were on their way; 0 on
    /// one host.
    package var clockUncertainty: Int64
}

extension WorkerProfile {
    private static let sliceSize = 16

    /// As many slices as a buffer of parameters has room for, those of about a thousand steps.
    package static let sliceCountMax = 15_000

    /// Writes a clock's times as a payload and returns its size.
    static func write(_ clock: PhaseClock, into bytes: UnsafeMutableRawBufferPointer) -> Int {
        var offset = 0
        for phase in Phase.allCases {
            bytes.storeBytes(of: clock.totals[phase], toByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        for slice in clock.slices.prefix((bytes.count - offset) / sliceSize) {
            let tail = slice.duration << 8 | UInt64(slice.phase.rawValue)
            bytes.storeBytes(of: slice.start, toByteOffset: offset, as: UInt64.self)
            bytes.storeBytes(of: tail, toByteOffset: offset + 8, as: UInt64.self)
            offset += sliceSize
        }
        return offset
    }

    /// No clock that counts nanoseconds from a machine's start comes to 2⁶⁰, which is 36 years;
    /// differences and sums of such times fit into 64 bits.
    private static let timeMax: UInt64 = 1 << 60

    /// Reads a payload; nil if it is none of ours, or tells times that no clock does.
    ///
    /// - Parameters:
    ///   - sliceCountMax: as many slices are kept.
    ///   - welcomed: when the coordinator sent the last welcome, by its own clock.
    ///   - received: when the profile came, by the same clock.
    package init?(
        _ header: ProfileHeader,
        _ bytes: UnsafeRawBufferPointer,
        sliceCountMax: Int,
        welcomed: UInt64,
        received: UInt64
    ) {
        let phases = Phase.allCases
        let totalsSize = phases.count * 8
        guard bytes.count >= totalsSize, (bytes.count - totalsSize) % Self.sliceSize == 0 else {
            return nil
        }
        func word(_ offset: Int) -> UInt64 {
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        // Each word is read once: in shared memory the worker may change it between two looks.
        let times = phases.indices.map { word($0 * 8) }
        guard ([header.welcomed, header.sent] + times).allSatisfy({ $0 < Self.timeMax }) else {
            return nil
        }
        totals = PhaseTotals()
        for (phase, time) in zip(phases, times) { totals[phase] = time }
        slices = []
        let size = min(bytes.count, totalsSize + sliceCountMax * Self.sliceSize)
        for offset in stride(from: totalsSize, to: size, by: Self.sliceSize) {
            let (start, tail) = (word(offset), word(offset + 8))
            guard let phase = Phase(rawValue: Int(tail & 0xFF)), start < Self.timeMax else {
                return nil
            }
            slices.append(PhaseSlice(phase: phase, start: start, duration: tail >> 8))
        }
        answerCount = header.answerCount
        allocationCount = header.allocationCount
        // As NTP does: the way there and the way back are taken to be equally long.
        let there = Int64(truncatingIfNeeded: header.welcomed &- welcomed)
        let back = Int64(truncatingIfNeeded: received &- header.sent)
        clockOffset = (there &- back) / 2
        clockUncertainty = abs((there &+ back) / 2)
        // Clocks count from the start of their machine: two that may agree are one.
        if abs(clockOffset) <= clockUncertainty { (clockOffset, clockUncertainty) = (0, 0) }
    }
}
