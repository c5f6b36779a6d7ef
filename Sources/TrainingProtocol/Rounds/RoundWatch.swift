/// How long rounds usually take, and whether the current one takes much longer.
struct RoundWatch: Equatable, Sendable {
    private var start = Duration.zero
    private var usual: Duration?
    private(set) var isNamed = false
    /// When they are to be named at the earliest, if that was put off.
    private var earliest = Duration.zero

    /// How many times the usual is much longer.
    private static let overdueFactor = 10

    /// No round is worth a word that is done within this time.
    static let overdueMin = Duration.seconds(2)

    /// What the first round is given.
    private static let firstMax = Duration.seconds(15)

    /// Begins with the first round.
    mutating func begin(at now: Duration) { start = now }

    /// Goes on to the next round.
    mutating func turn(at now: Duration) {
        let duration = now - start
        usual = usual.map { $0 + (duration - $0) / 8 } ?? duration
        start = now
        isNamed = false
        earliest = .zero
    }

    /// Notes that those who hold the round up were named.
    mutating func name() { isNamed = true }

    /// Puts it off to name them.
    mutating func postpone(until time: Duration) { earliest = time }

    /// When they are to be named; nil if they were.
    var deadline: Duration? {
        guard !isNamed else { return nil }
        let limit = usual.map { max($0 * Self.overdueFactor, Self.overdueMin) } ?? Self.firstMax
        return max(start + limit, earliest)
    }

    /// How long the round has been going on.
    func age(at now: Duration) -> Duration { now - start }
}
