/// Services that run at the same time and end in order.
///
/// Once it is asked to end, the group asks its services one after the other, each when the one that
/// follows it in the list has ended. What one of them throws cancels the others.
package struct ServiceGroup: Sendable {
    /// A service, and what its end means.
    package struct Member: Sendable {
        let service: any Service
        let endsGroup: Bool
        let shutdown = GracefulShutdown()

        /// Adds a service to a group.
        ///
        /// - Parameter endsGroup: whether the others are to end once it is done.
        package init(_ service: any Service, endsGroup: Bool) {
            self.service = service
            self.endsGroup = endsGroup
        }
    }

    private enum Event {
        case ended(Int)
        case asked
    }

    private let members: [Member]
    private let shutdown = GracefulShutdown()

    /// Makes a group of services that have not run yet.
    package init(_ members: [Member]) { self.members = members }

    /// Asks the group to end in good order.
    package func triggerGracefulShutdown() { shutdown.begin() }

    /// Runs all services until each has ended.
    ///
    /// - Throws: what the first of them throws.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Event.self) { group in
            for (index, member) in members.enumerated() {
                group.addTask {
                    try await GracefulShutdown.$current.withValue(member.shutdown) {
                        try await member.service.run()
                    }
                    return .ended(index)
                }
            }
            group.addTask {
                try await GracefulShutdown.$current.withValue(shutdown) {
                    try await gracefulShutdown()
                }
                return .asked
            }
            var running = Set(members.indices)
            while !running.isEmpty, let event = try await group.next() {
                if case .ended(let index) = event {
                    running.remove(index)
                    if members[index].endsGroup { shutdown.begin() }
                }
                if shutdown.isBegun, let last = running.max() { members[last].shutdown.begin() }
            }
            group.cancelAll()
        }
    }
}
