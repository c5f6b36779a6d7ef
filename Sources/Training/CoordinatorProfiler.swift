import NetworkTransport
import TrainingDriver
import TrainingProtocol
import Transport
import Wire

/// A coordinator's clock: divides its thread's time among phases, and gathers what its workers
/// spent theirs on.
final class CoordinatorProfiler: CoordinatorClock {
    typealias Payloads = NetworkPayloads

    private let start = ContinuousClock.now
    private let clock: PhaseClock
    /// How many slices of time are kept for a trace, here and by each worker.
    let sliceCountMax: Int
    private var welcomes = WelcomeTimes()
    private var profile = CoordinatorProfile()
    /// The clock and the transport after the first step.
    private var profileStart: CoordinatorProfile?
    /// What the workers spent their time on, of those that took leave.
    private(set) var workerProfiles: [WorkerID: WorkerProfile] = [:]

    /// Starts; the first `sliceCountMax` slices are kept.
    init(sliceCountMax: Int) {
        self.sliceCountMax = sliceCountMax
        clock = PhaseClock(sliceCountMax: sliceCountMax)
    }

    var now: Duration { ContinuousClock.now - start }

    func lap(_ phase: Phase) { clock.lap(phase) }

    func noteWelcome(of worker: WorkerID) { welcomes.note(worker) }

    func take(_ received: ReceivedProfile, from worker: WorkerID) -> Bool {
        let profile = welcomes.profile(
            received.header,
            received.bytes,
            from: worker,
            sliceCountMax: sliceCountMax
        )
        guard let profile else { return false }
        let isKnown = workerProfiles[worker] != nil
        if isKnown || workerProfiles.count < JoinLimit.workerCountMax {
            workerProfiles[worker] = profile
        }
        return true
    }

    func stepDidEnd(_ traffic: @autoclosure () -> Traffic) {
        guard let start = profileStart else {
            profileStart = CoordinatorProfile(
                totals: clock.totals,
                processorTime: PhaseClock.processorTime,
                allocationCount: PhaseClock.allocationCount,
                traffic: traffic()
            )
            return
        }
        profile.stepCount += 1
        profile.totals = clock.totals.since(start.totals)
        profile.processorTime = PhaseClock.processorTime - start.processorTime
        profile.allocationCount = PhaseClock.allocationCount.map {
            $0 - (start.allocationCount ?? 0)
        }
        profile.traffic = traffic().since(start.traffic)
    }

    /// What the coordinator's thread spent its time on.
    var result: CoordinatorProfile {
        var result = profile
        result.slices = clock.slices
        return result
    }
}
