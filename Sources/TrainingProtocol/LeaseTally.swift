/// How many leases a coordinator has given.
package struct LeaseTally: Equatable, Sendable {
    /// All of them.
    package var count = 0
    /// Those of what another worker held already.
    package var backupCount = 0
    /// Those whose deadline passed: their workers were asked again.
    package var overdueCount = 0
}

extension Coordinator {
    /// Workers that take part and compute; the others stand by.
    package var computingCount: Int { min(members.count, settings.workerCountAtOnce) }
}
