/// How long to wait before a process is started again, and when to give it up.
package struct Restarts: Equatable, Sendable {
    /// For a process of this machine: given up within two seconds.
    package static let local = Restarts(quickEndCountMax: 5, firstPause: .milliseconds(100))
    /// For another machine, which may take two minutes to start again.
    package static let remote = Restarts(quickEndCountMax: 8, firstPause: .seconds(1))

    /// The number of ends at once, in a row, that are enough.
    package let quickEndCountMax: Int

    /// A process that lived at least this long did not end at once.
    private static let quickMax = Duration.seconds(5)

    private let firstPause: Duration
    private var quickEndCount = 0

    private init(quickEndCountMax: Int, firstPause: Duration) {
        self.quickEndCountMax = quickEndCountMax
        self.firstPause = firstPause
    }

    /// The pause before the next start, twice as long each time; nil to give the process up.
    mutating func pause(afterLiving duration: Duration) -> Duration? {
        quickEndCount = duration < Self.quickMax ? quickEndCount + 1 : 1
        guard quickEndCount < quickEndCountMax else { return nil }
        return firstPause * (1 << (quickEndCount - 1))
    }
}
