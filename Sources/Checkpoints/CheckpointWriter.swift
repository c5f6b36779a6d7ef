import Dispatch
import Synchronization

/// Saves checkpoints behind the training's back.
///
/// A submission copies the run's buffers and returns; one background queue writes. It never
/// waits for the disk, so a disk that is slower than the training falls behind, and then what is
/// newer takes the place of what has not been started (`superseded`), for a resume would only use
/// the newest anyway. Two kinds are told apart: an ordinary submission gives way to any later one;
/// a *required* one (an epoch's end, the run's end) gives way only when `requiredWaitingMax`
/// others are waiting too, so that a disk that hangs cannot fill the memory. The last submission
/// never gives way.
package final class CheckpointWriter: Sendable {
    /// What became of one submission.
    package enum Outcome: Equatable, Sendable {
        /// It is on the disk.
        case saved(step: Int, CheckpointStore.Saved, took: Duration)
        /// It could not be written; older ones are untouched, and the next one is tried.
        case failed(step: Int, CheckpointError)
        /// A later one took its place.
        case superseded(step: Int)
    }

    /// How many required submissions may wait.
    package static let requiredWaitingMax = 2

    /// A copy of the run's state.
    private struct Snapshot: Sendable {
        let metadata: CheckpointMetadata
        let isRequired: Bool
        var bytes: [UInt8]
    }

    private struct State: Sendable {
        /// In the order of submission: at most `requiredWaitingMax`, of which only the last can
        /// be ordinary.
        var waiting: [Snapshot] = []
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

    /// Copies the state and has it written; returns without waiting for the disk.
    ///
    /// - Parameter slots: in the order of the names that were agreed on.
    /// - Precondition: each buffer has the table's size, and there is one a name.
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
        enqueue(Snapshot(metadata: metadata, isRequired: isRequired, bytes: bytes))
        queue.async { self.writeNext() }
    }

    /// Has another file written ahead of the submissions to come.
    ///
    /// What keeps it from being written is told by the checkpoint of the same epoch, which goes to
    /// the same disk.
    package func writeFirst(_ write: @escaping @Sendable () throws(CheckpointError) -> Void) {
        queue.async { try? BackgroundThread.run { Result(catching: write) }.get() }
    }

    /// Takes what has become of submissions since the last call, in the order it happened.
    package func drainOutcomes() -> [Outcome] {
        state.withLock { state in
            defer { state.outcomes = [] }
            return state.outcomes
        }
    }

    /// Waits until everything submitted so far is on the disk or has failed.
    ///
    /// - Throws: what kept the last submission that was tried from being written.
    package func finish() throws(CheckpointError) {
        queue.sync {}
        if let error = state.withLock({ $0.lastError }) { throw error }
    }

    /// Takes memory that no one holds, first from ordinary submissions that wait in vain.
    private func takeBuffer() -> [UInt8] {
        let spare = state.withLock { state -> [UInt8]? in
            supersedeOrdinary(in: &state)
            return state.spares.popLast()
        }
        return spare ?? [UInt8](repeating: 0, count: (1 + slotNames.count) * bufferSize)
    }

    private func enqueue(_ snapshot: Snapshot) {
        state.withLock { state in
            supersedeOrdinary(in: &state)
            if state.waiting.count == Self.requiredWaitingMax { supersede(at: 0, in: &state) }
            state.waiting.append(snapshot)
        }
    }

    /// Takes out the ordinary submission that waits, if one does: it can only be the last.
    private func supersedeOrdinary(in state: inout State) {
        if let last = state.waiting.last, !last.isRequired {
            supersede(at: state.waiting.count - 1, in: &state)
        }
    }

    /// Takes a waiting submission out and keeps its memory.
    private func supersede(at index: Int, in state: inout State) {
        let snapshot = state.waiting.remove(at: index)
        state.outcomes.append(.superseded(step: snapshot.metadata.step))
        keep(snapshot.bytes, in: &state)
    }

    /// Keeps memory for the next submission, but no more than two in quiet times need.
    private func keep(_ bytes: [UInt8], in state: inout State) {
        if state.spares.count < 2 { state.spares.append(bytes) }
    }

    /// Writes the submission that waits longest, if a later one has not taken its place.
    private func writeNext() {
        guard let snapshot = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() })
        else { return }
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
