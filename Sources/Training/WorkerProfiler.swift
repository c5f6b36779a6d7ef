import Model
import NetworkTransport
import TrainingDriver
import Wire

/// A worker's clock: divides its thread's time since the welcome among phases.
final class WorkerProfiler: DriverClock {
    private let start = ContinuousClock.now
    /// The time since the welcome.
    private(set) var phases = PhaseClock()
    private var welcomed: UInt64 = 0
    /// Pieces of a step's work that were computed since the welcome.
    private(set) var answerCount = 0
    private var firstAllocationCount = 0

    var now: Duration { ContinuousClock.now - start }

    func lap(_ phase: Phase) { phases.lap(phase) }

    /// Begins anew with a welcome, whose coordinator wants this many slices of time.
    func restart(sliceCountMax: Int) {
        phases = PhaseClock(sliceCountMax: min(sliceCountMax, WorkerProfile.sliceCountMax))
        welcomed = PhaseClock.now
        answerCount = 0
    }

    /// Counts an answer of a step; what was before the first one, such as waiting for others to
    /// join, does not count.
    func countAnswer() {
        answerCount += 1
        guard answerCount == 1 else { return }
        phases.totals = PhaseTotals()
        firstAllocationCount = PhaseClock.allocationCount ?? 0
    }

    /// What the time was spent on, in a buffer.
    func profile(into buffer: ParameterBuffer) -> SentProfile {
        let header = ProfileHeader(
            welcomed: welcomed,
            sent: PhaseClock.now,
            answerCount: max(0, answerCount - 1),
            allocationCount: (PhaseClock.allocationCount ?? 0) - firstAllocationCount
        )
        let size = WorkerProfile.write(phases, into: buffer.bytes)
        return SentProfile(header: header, buffer: buffer, size: size)
    }
}
