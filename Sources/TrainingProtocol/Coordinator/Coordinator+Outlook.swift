extension Coordinator {
    /// What is asked of the machine at every turn.
    ///
    /// It is kept up to date, for whoever holds the machine in an object copies all of it to ask
    /// for anything that is not stored.
    package struct Outlook: Equatable, Sendable {
        /// When `deadlineReached` is due at the latest; it is the service's poll timeout.
        package private(set) var deadline: Duration?
        /// Workers that take part.
        package private(set) var workerCount = 0
        /// Those of them that compute; the others stand by.
        package private(set) var computingCount = 0
        /// How many leases were given.
        package private(set) var leases = LeaseTally()
        /// Whether all is decided, and workers take leave.
        package private(set) var isClosing = false

        /// Nothing is expected before the first event.
        init() {}

        /// Follows the machine after an event.
        mutating func update(_ state: State, _ leasing: Leasing) {
            switch state {
            case .gathering, .running:
                deadline = leasing.nextDeadline
                workerCount = leasing.roster.workerCount
                computingCount = leasing.roster.computing.count
                leases = leasing.tally
            case .closing(let closing):
                deadline = closing.deadline
                workerCount = closing.workers.count
                computingCount = 0
                isClosing = true
            case .ended:
                self = Outlook()
            }
        }
    }
}
