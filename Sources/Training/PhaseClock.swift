import Glibc
package import TrainingDriver

/// How long each phase has taken so far, in nanoseconds.
package struct PhaseTotals: Equatable, Sendable {
    /// By the phases' raw values; a vector, for it is copied without an allocation.
    private var nanoseconds = SIMD16<UInt64>()

    /// Starts at zero.
    package init() {}

    /// The total of a phase.
    package subscript(phase: Phase) -> UInt64 {
        get { nanoseconds[phase.rawValue] }
        set { nanoseconds[phase.rawValue] = newValue }
    }

    /// What has been added since an earlier time.
    package func since(_ earlier: PhaseTotals) -> PhaseTotals {
        var difference = self
        difference.nanoseconds &-= earlier.nanoseconds
        return difference
    }
}

/// A stretch of time that belongs to one phase.
package struct PhaseSlice: Equatable, Sendable {
    /// What the time was spent on.
    package var phase: Phase
    /// When it began, in nanoseconds of the thread's machine.
    package var start: UInt64
    /// How long it lasted, in nanoseconds.
    package var duration: UInt64
}

/// Divides a thread's time among its phases: each moment belongs to exactly one. Belongs to one
/// thread.
final class PhaseClock {
    /// What was noted so far.
    var totals = PhaseTotals()
    private(set) var slices: [PhaseSlice] = []
    private let sliceCountMax: Int
    private var last = PhaseClock.now

    /// Starts; the first `sliceCountMax` slices are kept.
    init(sliceCountMax: Int = 0) {
        self.sliceCountMax = sliceCountMax
        slices.reserveCapacity(sliceCountMax)
    }

    /// Notes that the time since the last note belongs to a phase.
    func lap(_ phase: Phase) {
        let now = Self.now
        let duration = now - last
        totals[phase] += duration
        if slices.count < sliceCountMax {
            slices.append(PhaseSlice(phase: phase, start: last, duration: duration))
        }
        last = now
    }

    /// How often the calling thread has asked for memory so far; nil where nothing counts it.
    static var allocationCount: Int? { counter.map { Int($0()) } }

    /// What the library that counts has preloaded; see `CAllocationCount`.
    private static let counter = dlsym(nil, "allocation_count").map {
        unsafeBitCast($0, to: (@convention(c) () -> UInt64).self)
    }

    /// The machine's monotonic clock, in nanoseconds.
    static var now: UInt64 { nanoseconds(of: CLOCK_MONOTONIC) }

    /// How long the calling thread has had a processor, in nanoseconds.
    static var processorTime: UInt64 { nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) }

    private static func nanoseconds(of clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
