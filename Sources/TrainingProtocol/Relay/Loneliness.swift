/// Since when no worker is there, and for how long that is borne.
///
/// A worker that is taken for lost may only have computed for longer than it may be silent. If the
/// relay left meanwhile, and did so each time, the work would never be done.
struct Loneliness: Equatable, Sendable {
    /// Nil while a worker is there.
    private var start: Duration?
    private var durationMax: Duration

    /// Is borne for `durationMax` at first.
    init(bearing durationMax: Duration) { self.durationMax = durationMax }

    /// When it has been borne for long enough.
    var end: Duration? { start.map { $0 + durationMax } }

    /// Notes how many workers are there.
    mutating func note(workerCount: Int, at now: Duration) {
        start = workerCount == 0 ? start ?? now : nil
    }

    /// Notes that a worker which was taken for lost has answered.
    mutating func noteReturn(at now: Duration) {
        guard let start else { return }
        durationMax = max(durationMax, (now - start) * 2)
    }
}
