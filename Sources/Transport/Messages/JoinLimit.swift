/// How many workers may ask to join within a time: each that is taken in changes who computes what,
/// so a flood of them would hold the run up.
///
/// A token bucket. An honest worker that is not heard asks again within a second.
package struct JoinLimit {
    /// Workers that may take part at once.
    package static let workerCountMax = 1_024

    private let burstMax: Int
    private let period: Duration
    private var room: Int
    private var nextRoom = Duration.zero

    /// Has let nobody in yet.
    ///
    /// - Parameters:
    ///   - workerCount: how many workers the run waits for, which are no flood when they come all
    ///     at once.
    ///   - burstMin: as many may come at once, where the run does not wait for more.
    ///   - period: from then on, one in this time.
    package init(
        expecting workerCount: Int = 0,
        burstMin: Int = 256,
        period: Duration = .milliseconds(20)
    ) {
        burstMax = max(burstMin, min(workerCount, Self.workerCountMax))
        self.period = period
        room = burstMax
    }

    /// Whether one more may ask at `now` while `workerCount` take part; it is counted then.
    package mutating func allowsOneMore(than workerCount: Int, at now: Duration) -> Bool {
        guard workerCount < Self.workerCountMax else { return false }
        while nextRoom <= now, room < burstMax {
            room += 1
            nextRoom += period
        }
        if room == burstMax { nextRoom = now + period }
        guard room > 0 else { return false }
        room -= 1
        return true
    }
}
