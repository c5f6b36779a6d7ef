import Dispatch
import Synchronization

/// Saves checkpoints behind the training's back.
///
/// A submission copies the run's buffers and returns; one background queue writes. It never
/// waits for the disk, so a disk that is slower than the training falls behind, and then what is
/// newer takes the place of what has not been started (`superseded`), for a resume would only use
/// the newest anyway. An epoch's end and the run's end are *required*: `CheckpointQueue` says which
/// gives way to which, so that a disk that hangs cannot fill the memory.
package final class CheckpointWriter: CheckpointWriting, Sendable {
    /// What became of one submission.
    package typealias Outcome = CheckpointOutcome

    /// A copy of the run's state.
    private struct Snapshot: Sendable {
        let metadata: CheckpointMetadata
        var bytes: [UInt8]
    }

    private struct State: Sendable {
        var waiting = CheckpointQueue<Snapshot>()
        /// Copies' memory to be used again, so that a submission touches no fresh page.
        var spares: [[UInt8]]
        var outcomes: [Outcome] = []
        var lastError: CheckpointError?
    }

    private let store: CheckpointStore
    private let bufferSize: Int
    private let slotNames: [String]
    private let queue = DispatchQueue(label: "lockstep.checkpoints")
    private let state: Mutex<State>

    /// Writes to `store`, whose table's buffers are copied: the parameters and these slots.
    package init(store: CheckpointStore, table: TensorTable, slotNames: [String]) {
        self.store = store
        self.slotNames = slotNames
        bufferSize = table.size
        let size = (1 + slotNames.count) * table.size
        let buffer = { [UInt8](repeating: 0, count: size) }
        state = Mutex(State(spares: [buffer(), buffer()]))
    }

    package func submit(
        _ metadata: CheckpointMetadata,
        parameters: UnsafeRawBufferPointer,
        slots: [UnsafeRawBufferPointer],
        isRequired: Bool
    ) {
        precondition(slots.count == slotNames.count, "\(slots.count) slots for \(slotNames)")
        let parts = [parameters] + slots
        var bytes = takeBuffer()
        bytes.withUnsafeMutableBytes { target in
            for (index, part) in parts.enumerated() {
                precondition(
                    part.count == bufferSize,
                    "a buffer of \(part.count) bytes where \(bufferSize) were agreed on"
                )
                UnsafeMutableRawBufferPointer(
                    rebasing: target[index * bufferSize..<(index + 1) * bufferSize]
                ).copyMemory(from: part)
            }
        }
        enqueue(Snapshot(metadata: metadata, bytes: bytes), isRequired: isRequired)
        queue.async { self.writeNext() }
    }

    /// Has another file written ahead of the submissions to come.
    ///
    /// What keeps it from being written is an outcome of its own.
    package func writeFirst(_ write: @escaping @Sendable () throws(CheckpointError) -> Void) {
        queue.async {
            do throws(CheckpointError) {
                try BackgroundThread.run { Result(catching: write) }.get()
            } catch {
                self.state.withLock { $0.outcomes.append(.otherFailed(error)) }
            }
        }
    }

    package func drainOutcomes() -> [Outcome] {
        state.withLock { state in
            defer { state.outcomes = [] }
            return state.outcomes
        }
    }

    package func finish() throws(CheckpointError) {
        queue.sync {}
        if let error = state.withLock({ $0.lastError }) { throw error }
    }

    /// Takes memory that no one holds, first from an ordinary submission that waits in vain.
    private func takeBuffer() -> [UInt8] {
        let spare = state.withLock { state -> [UInt8]? in
            if let ordinary = state.waiting.removeOrdinary() { supersede(ordinary, in: &state) }
            return state.spares.popLast()
        }
        return spare ?? [UInt8](repeating: 0, count: (1 + slotNames.count) * bufferSize)
    }

    private func enqueue(_ snapshot: Snapshot, isRequired: Bool) {
        state.withLock { state in
            for late in state.waiting.add(snapshot, isRequired: isRequired) {
                supersede(late, in: &state)
            }
        }
    }

    /// Tells of a submission that gave way, and keeps its memory.
    private func supersede(_ snapshot: Snapshot, in state: inout State) {
        state.outcomes.append(.superseded(step: snapshot.metadata.step))
        keep(snapshot.bytes, in: &state)
    }

    /// Keeps memory for the next submission, but no more than two in quiet times need.
    private func keep(_ bytes: [UInt8], in state: inout State) {
        if state.spares.count < 2 { state.spares.append(bytes) }
    }

    /// Writes the submission that waits longest, if a later one has not taken its place.
    private func writeNext() {
        guard let snapshot = state.withLock({ $0.waiting.next() }) else { return }
        let step = snapshot.metadata.step
        let start = ContinuousClock.now
        let outcome: Outcome
        let failure: CheckpointError?
        do throws(CheckpointError) {
            let saved = try BackgroundThread.run { self.save(snapshot) }.get()
            outcome = .saved(step: step, saved, took: ContinuousClock.now - start)
            failure = nil
        } catch {
            outcome = .failed(step: step, error)
            failure = error
        }
        state.withLock { state in
            state.outcomes.append(outcome)
            state.lastError = failure
            keep(snapshot.bytes, in: &state)
        }
    }

    private func save(_ snapshot: Snapshot) -> Result<CheckpointStore.Saved, CheckpointError> {
        snapshot.bytes.withUnsafeBytes { bytes in
            func part(_ index: Int) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(
                    rebasing: bytes[index * bufferSize..<(index + 1) * bufferSize]
                )
            }
            return Result { () throws(CheckpointError) in
                try store.save(
                    snapshot.metadata,
                    parameters: part(0),
                    slots: slotNames.enumerated().map { ($0.element, part(1 + $0.offset)) }
                )
            }
        }
    }
}
