/// Which of the states that were handed over is written next, and which gives way to a later one.
///
/// An ordinary one gives way to any later one. A required one gives way only when
/// ``requiredWaitingMax`` others wait too. The last one never gives way.
package struct CheckpointQueue<Snapshot: Sendable>: Sendable {
    /// How many required ones may wait.
    package static var requiredWaitingMax: Int { 2 }

    private struct Entry: Sendable {
        let snapshot: Snapshot
        let isRequired: Bool
    }

    /// In the order of submission: at most `requiredWaitingMax`, of which only the last can be
    /// ordinary.
    private var waiting: [Entry] = []

    /// Holds nothing yet.
    package init() {}

    /// Takes out the ordinary one that waits, if one does: a later one is about to come.
    package mutating func removeOrdinary() -> Snapshot? {
        guard let last = waiting.last, !last.isRequired else { return nil }
        return waiting.removeLast().snapshot
    }

    /// Adds one, and returns those that give way to it.
    package mutating func add(_ snapshot: Snapshot, isRequired: Bool) -> [Snapshot] {
        var superseded = removeOrdinary().map { [$0] } ?? []
        if waiting.count == Self.requiredWaitingMax {
            superseded.append(waiting.removeFirst().snapshot)
        }
        waiting.append(Entry(snapshot: snapshot, isRequired: isRequired))
        return superseded
    }

    /// Takes out the one to be written next; nil if none waits.
    package mutating func next() -> Snapshot? {
        waiting.isEmpty ? nil : waiting.removeFirst().snapshot
    }
}
