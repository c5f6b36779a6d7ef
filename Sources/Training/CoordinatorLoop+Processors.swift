import Arithmetic
import TrainingProtocol
import Transport

/// The host's processors, and what they are used for.
extension CoordinatorLoop {
    /// Engages the arithmetic thread once all answers that a step waits for have come,
    /// `waitingCount` of them not handled yet, and their workers have left a processor that they
    /// took.
    func engageArithmeticThread(waitingCount: Int) {
        guard waitingCount > 0, let missingAnswerCount, missingAnswerCount <= waitingCount,
            transport.sharesProcessors
        else { return }
        arithmetic.engageThread()
    }

    /// Engages the arithmetic thread if a message that is not handled yet completes what a step
    /// waits for.
    func engageArithmeticThread(for message: WorkerMessage) {
        guard case .answer = message else { return }
        engageArithmeticThread(waitingCount: 1 + transport.waitingCount)
    }

    /// Notes what a step has cost.
    func noteProfile() {
        guard let start = profileStart else {
            profileStart = CoordinatorProfile(
                totals: clock.totals,
                processorTime: PhaseClock.processorTime,
                allocationCount: PhaseClock.allocationCount,
                traffic: transport.traffic
            )
            return
        }
        profile.stepCount += 1
        profile.totals = clock.totals.since(start.totals)
        profile.processorTime = PhaseClock.processorTime - start.processorTime
        profile.allocationCount = PhaseClock.allocationCount.map {
            $0 - (start.allocationCount ?? 0)
        }
        profile.traffic = transport.traffic.since(start.traffic)
    }
}
