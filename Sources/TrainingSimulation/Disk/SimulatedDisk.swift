/// The disk of a coordinator's machine, which outlives its processes.
final class SimulatedDisk {
    let files = SimulatedFileSystem()
    /// Whether every checkpoint takes long.
    var isSlow = false
    /// Whether a file has gone bad: one is enough, for two may be all that there are.
    private var hasRotten = false

    /// Has a bit of the newest checkpoint flip, if there is an older one.
    ///
    /// - Returns: the file; nil if nothing happened.
    func rot(bit: Int) -> String? {
        let checkpoints = files.names.filter { !$0.hasPrefix(".") }
        guard !hasRotten, checkpoints.count > 1, let newest = checkpoints.last else { return nil }
        hasRotten = true
        files.rot(newest, bit: bit)
        return newest
    }
}
