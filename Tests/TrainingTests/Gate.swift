import Foundation
import Kernels
import Synchronization

/// Holds a worker up within one of its shards, so that a run waits for a visitor.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let isReached = Mutex(false)
    private let calls = SmallRun.Counter()

    func open() { isOpen.withLock { $0 = true } }

    /// Waits until a worker stands still.
    func waitUntilReached() throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !isReached.withLock(\.self) {
            guard ContinuousClock.now < deadline else { throw RawWorker.Missing(what: "a gate") }
            usleep(1_000)
        }
    }

    /// Kernels that stand still in that shard until the gate opens.
    ///
    /// - Parameters:
    ///   - shard: which one that is, from 1.
    ///   - pause: how long each shard before it takes, in microseconds, for the worker to do other
    ///     things in between.
    func kernels(like kernels: KernelSet, shard: Int = 5, pause: UInt32 = 0) -> KernelSet {
        var held = kernels
        let right = kernels.denseWeightGradient[2]
        held.denseWeightGradient[2] = { gradient, input, weights, biases, count in
            right(gradient, input, weights, biases, count)
            self.calls.increase()
            if !self.isOpen.withLock(\.self) { usleep(pause) }
            guard self.calls.value == shard else { return }
            self.isReached.withLock { $0 = true }
            let deadline = ContinuousClock.now + .seconds(120)
            while !self.isOpen.withLock(\.self), ContinuousClock.now < deadline {
                usleep(1_000)
            }
        }
        return held
    }
}
