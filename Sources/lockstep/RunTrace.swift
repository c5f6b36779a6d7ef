import Reporting
import Training
import TrainingDriver
import TrainingProtocol

extension TraceFile {
    /// Writes a run's first steps, the workers' times on the coordinator's clock.
    func write(_ result: RunResult) throws(ReportError) {
        var lanes = [
            Lane(name: "coordinator", slices: Self.slices(result.profile.slices, ahead: 0))
        ]
        var notes: [String: String] = [:]
        for (worker, profile) in result.workerProfiles.sorted(by: { $0.key < $1.key }) {
            lanes.append(
                Lane(
                    name: "worker \(worker)",
                    slices: Self.slices(profile.slices, ahead: profile.clockOffset)
                )
            )
            notes["worker \(worker)"] =
                profile.clockOffset == 0
                ? "the coordinator's clock"
                : "clock \(profile.clockOffset / 1_000) µs ahead of the coordinator's, "
                    + "give or take \(profile.clockUncertainty / 1_000) µs"
        }
        try write(lanes: lanes, notes: notes)
    }

    private static func slices(_ slices: [PhaseSlice], ahead offset: Int64) -> [Slice] {
        slices.map { slice in
            Slice(
                name: slice.phase.name,
                start: Int64(clamping: slice.start) - offset,
                duration: Int64(clamping: slice.duration)
            )
        }
    }
}
