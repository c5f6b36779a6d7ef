import Glibc
import Kernels
import SharedMemory
import Synchronization

/// A thread on another processor than its owner's, which computes parts of the owner's operations.
///
/// An operation is cut into pieces: its owner takes them from the front, this thread from the end,
/// until they meet. So whoever is late or slow computes less, each finds most of what it wrote in
/// the step before in its own processor's cache, and the owner waits for one piece at most.
///
/// It is `@unchecked Sendable` for the sake of the operation, which its owner writes only while no
/// piece is left or being computed: whoever has taken a piece may read it.
final class ArithmeticThread: @unchecked Sendable {
    /// Floats that are taken at a time: 16 kB of each buffer.
    static let pieceLength = 4_096

    private let kernels: KernelSet
    private var operation = ElementwiseOperation.none
    private var range = 0..<0
    /// The pieces that are left: the operation's number in 32 bits, the first in 16, the one after
    /// the last in 16. The number keeps a thread that was held up from taking one of another
    /// operation.
    private let pieces = Atomic<UInt64>(0)
    private let doneCount = Atomic(0)
    private let ownPieces = Atomic(0)
    private let areAllFinite = Atomic(true)
    private let isCalled = Atomic(false)
    private let hasEnded = Atomic(false)
    private let ownersProcessor = Atomic(0)
    private let bell = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    /// Makes one whose thread has not started.
    init(kernels: KernelSet) {
        self.kernels = kernels
        sem_init(bell, 0, 0)
    }

    deinit {
        sem_destroy(bell)
        bell.deallocate()
    }

    /// Starts the thread, which sleeps until it is called; where the system gives none, its owner
    /// computes alone.
    func start(by startThread: ThreadStart) {
        try? startThread("arithmetic") {
            while self.awaitCall() { self.takePart() }
        }
    }

    /// Ends the thread.
    func end() {
        hasEnded.store(true, ordering: .releasing)
        sem_post(bell)
    }

    /// Wakes the thread. The owner dismisses it before it waits for anything else.
    func call() {
        ownersProcessor.store(HostProcessor.current.number, ordering: .relaxed)
        isCalled.store(true, ordering: .releasing)
        sem_post(bell)
    }

    /// Sends the thread back to sleep.
    func dismiss() { isCalled.store(false, ordering: .releasing) }

    /// How many pieces this thread has computed so far.
    var ownPieceCount: Int { ownPieces.load(ordering: .relaxed) }

    /// Computes an operation together with this thread.
    ///
    /// - Returns: what all its parts say together.
    func share(_ operation: ElementwiseOperation, in range: Range<Int>) -> Bool {
        self.operation = operation
        self.range = range
        let count = (range.count + Self.pieceLength - 1) / Self.pieceLength
        doneCount.store(0, ordering: .relaxed)
        areAllFinite.store(true, ordering: .relaxed)
        let number = pieces.load(ordering: .relaxed) >> 32 &+ 1
        pieces.store(number << 32 | UInt64(count), ordering: .releasing)
        while let piece = takePiece(isFirst: true) { perform(piece) }
        var pause = Pause()
        while doneCount.load(ordering: .acquiring) < count { pause.take() }
        return areAllFinite.load(ordering: .relaxed)
    }

    private func perform(_ piece: Int) {
        let start = range.lowerBound + piece * Self.pieceLength
        let part = start..<min(start + Self.pieceLength, range.upperBound)
        if !operation.perform(in: part, kernels: kernels) {
            areAllFinite.store(false, ordering: .relaxed)
        }
        doneCount.add(1, ordering: .releasing)
    }

    private func takePiece(isFirst: Bool) -> Int? {
        var left = pieces.load(ordering: .acquiring)
        while true {
            let (first, end) = (left >> 16 & 0xFFFF, left & 0xFFFF)
            guard first < end else { return nil }
            let (isTaken, actual) = pieces.compareExchange(
                expected: left,
                desired: isFirst ? left + 1 << 16 : left - 1,
                ordering: .acquiringAndReleasing
            )
            if isTaken { return Int(isFirst ? first : end - 1) }
            left = actual
        }
    }
}

/// What the thread does.
extension ArithmeticThread {
    /// Sleeps until it is called, and tells whether it was.
    private func awaitCall() -> Bool {
        while sem_wait(bell) != 0 {}
        return !hasEnded.load(ordering: .acquiring)
    }

    private func takePart() {
        leaveOwnersProcessor()
        var pause = Pause()
        while isCalled.load(ordering: .acquiring) {
            guard let piece = takePiece(isFirst: false) else {
                pause.take()
                continue
            }
            perform(piece)
            ownPieces.add(1, ordering: .relaxed)
        }
    }

    /// Linux may wake a thread on the processor of whoever wakes it, where it is of no use.
    private func leaveOwnersProcessor() {
        let taken = HostProcessor(number: ownersProcessor.load(ordering: .relaxed))
        guard HostProcessor.current == taken else { return }
        HostProcessor.allowed.first { $0 != taken }?.attract()
    }
}

/// Waiting for another thread that needs some microseconds, unless it has no processor.
private struct Pause {
    private var count = 0

    /// Lets a little time go by.
    mutating func take() {
        count += 1
        if count % 16_384 == 0 { sched_yield() }
    }
}
