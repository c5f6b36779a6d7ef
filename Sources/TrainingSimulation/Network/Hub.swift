/// Whom workers connect to.
enum Hub: Hashable, Sendable {
    /// The coordinator.
    case coordinator
    /// A relay, by its place.
    case relay(slot: Int)
}

/// Where the process of a place looks for whom it connects to: one address after another, in a
/// ring, each for a while.
struct Addresses: Sendable {
    private let hubs: [Hub]
    private var index = 0
    private var failureCount = 0

    /// How often it tries at one address: with a wish to join each 250 ms, three seconds.
    private static let failureCountMax = 12

    init(_ hubs: [Hub]) { self.hubs = hubs }

    var hub: Hub { hubs[index] }

    /// Notes that nobody was found, or that nobody answered; tells whether the next address is to
    /// be tried.
    mutating func noteFailure() -> Bool {
        guard hubs.count > 1 else { return false }
        failureCount += 1
        guard failureCount > Self.failureCountMax else { return false }
        index = (index + 1) % hubs.count
        failureCount = 0
        return true
    }

    /// Notes that it is taken in.
    mutating func noteSuccess() { failureCount = 0 }

    /// The addresses of each place: a worker's own relay, those behind it, at last the coordinator;
    /// a relay knows the coordinator's.
    static func all(workerCount: Int, relayCount: Int) -> [Addresses] {
        let workers = (0..<workerCount).map { slot in
            Addresses(
                (0..<relayCount).map { .relay(slot: workerCount + (slot + $0) % relayCount) }
                    + [.coordinator]
            )
        }
        return workers + (0..<relayCount).map { _ in Addresses([.coordinator]) }
    }
}
