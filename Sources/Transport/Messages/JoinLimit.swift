/// How many workers may ask to join within a time: each that is taken in changes who computes what,
/// so a flood of them would hold the run up.
///
/// A token bucket. An honest worker that is not heard asks again within a second.
package struct JoinLimit {
    /// Workers that may take part at once.
    package static let workerCountMax = 1_024

    /// As many may come at once.
    private static let burstMax = 256

    /// From then on, one in this time.
    private static let period = Duration.milliseconds(20)

    private var room = Self.burstMax
    private var nextRoom = Duration.zero

    /// Has let nobody in yet.
    package init() {}

    /// Whether one more may ask at `now` while `workerCount` take part; it is counted then.
    package mutating func allowsOneMore(than workerCount: Int, at now: Duration) -> Bool {
        guard workerCount < Self.workerCountMax else { return false }
        while nextRoom <= now, room < Self.burstMax {
            room += 1
            nextRoom += Self.period
        }
        if room == Self.burstMax { nextRoom = now + Self.period }
        guard room > 0 else { return false }
        room -= 1
        return true
    }
}
