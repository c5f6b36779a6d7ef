import Checkpoints
import SeededRandom

/// Writes checkpoints to a simulated disk, one after the other, each in a time that is drawn.
final class SimulatedCheckpointWriter: CheckpointWriting {
    private struct Snapshot: Sendable {
        let metadata: CheckpointMetadata
        let parameters: [UInt8]
        let slots: [[UInt8]]
    }

    private let world: World
    private let disk: SimulatedDisk
    private let store: CheckpointStore
    private let slotNames: [String]
    /// Which process of the coordinator writes.
    private let incarnation: Int
    private var queue = CheckpointQueue<Snapshot>()
    /// What is being written.
    private var current: Snapshot?
    private var outcomes: [CheckpointOutcome] = []
    private var lastError: CheckpointError?

    init(
        _ store: CheckpointStore,
        slotNames: [String],
        on disk: SimulatedDisk,
        _ incarnation: Int,
        _ world: World
    ) {
        self.store = store
        self.slotNames = slotNames
        self.disk = disk
        self.incarnation = incarnation
        self.world = world
    }

    func submit(
        _ metadata: CheckpointMetadata,
        parameters: UnsafeRawBufferPointer,
        slots: [UnsafeRawBufferPointer],
        isRequired: Bool
    ) {
        let step = UInt64(metadata.step)
        world.note(.coordinator, .saves, step, "after step \(step)")
        let snapshot = Snapshot(
            metadata: metadata,
            parameters: Array(parameters),
            slots: slots.map { Array($0) }
        )
        for late in queue.add(snapshot, isRequired: isRequired) {
            outcomes.append(.superseded(step: late.metadata.step))
        }
        if current == nil { begin() }
    }

    /// Begins to write what waits longest.
    private func begin() {
        current = queue.next()
        guard current != nil else { return }
        let delay = world.random.duration(in: world.options.run.savingDelay)
        world.schedule(
            .written(incarnation: incarnation),
            after: disk.isSlow ? delay * 50 + .milliseconds(100) : delay
        )
    }

    /// The disk has taken what was being written; the next one begins.
    func end() {
        guard let current else { return }
        write(current)
        begin()
    }

    private func write(_ snapshot: Snapshot) {
        let step = UInt64(snapshot.metadata.step)
        do throws(CheckpointError) {
            let saved = try save(snapshot)
            world.note(.coordinator, .stores, step, "after step \(step)")
            outcomes.append(.saved(step: snapshot.metadata.step, saved, took: .zero))
            lastError = nil
        } catch {
            world.note(.coordinator, .cannotStore, step, "\(error)")
            outcomes.append(.failed(step: snapshot.metadata.step, error))
            lastError = error
        }
    }

    private func save(_ snapshot: Snapshot) throws(CheckpointError) -> CheckpointStore.Saved {
        let slots = zip(slotNames, snapshot.slots).map { (name: $0, bytes: $1) }
        let result = snapshot.parameters.withUnsafeBytes { parameters in
            withBytes(of: slots[...]) { slots in
                Result { () throws(CheckpointError) in
                    try store.save(snapshot.metadata, parameters: parameters, slots: slots)
                }
            }
        }
        return try result.get()
    }

    /// Lends the bytes of all slots for as long as `body` runs.
    private func withBytes<Value>(
        of slots: ArraySlice<(name: String, bytes: [UInt8])>,
        before others: [TrainingState.Slot] = [],
        _ body: ([TrainingState.Slot]) -> Value
    ) -> Value {
        guard let last = slots.last else { return body(others) }
        return last.bytes.withUnsafeBytes { bytes in
            withBytes(of: slots.dropLast(), before: [(last.name, bytes)] + others, body)
        }
    }

    func drainOutcomes() -> [CheckpointOutcome] {
        defer { outcomes = [] }
        return outcomes
    }

    func finish() throws(CheckpointError) {
        if let current { write(current) }
        while let next = queue.next() { write(next) }
        current = nil
        if let lastError { throw lastError }
    }

    /// The process dies: what was being written gets as far as some calls.
    func die(afterCalls count: Int) {
        guard let current else { return }
        disk.files.withDeath(afterCalls: count) { write(current) }
    }
}
