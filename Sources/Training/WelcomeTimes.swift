import TrainingProtocol
import Transport
import Wire

/// When each worker was welcomed, to tell its clock from the coordinator's.
struct WelcomeTimes {
    private var times: [WorkerID: UInt64] = [:]

    /// Notes that a worker is welcomed now.
    mutating func note(_ worker: WorkerID) {
        // A flood of them, one after the other, must not fill the memory.
        if times.count > 4 * JoinLimit.workerCountMax { times = [:] }
        times[worker] = PhaseClock.now
    }

    /// Reads what a worker has spent its time on; nil if nobody has welcomed it, or it is no
    /// profile of ours.
    func profile(
        _ header: ProfileHeader,
        _ bytes: [UInt8],
        from worker: WorkerID,
        sliceCountMax: Int
    ) -> WorkerProfile? {
        guard let welcomed = times[worker] else { return nil }
        return bytes.withUnsafeBytes {
            WorkerProfile(
                header,
                $0,
                sliceCountMax: sliceCountMax,
                welcomed: welcomed,
                received: PhaseClock.now
            )
        }
    }
}
