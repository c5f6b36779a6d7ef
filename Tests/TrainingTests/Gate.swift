import Foundation
import Kernels
import Synchronization

/// Holds a worker up within its fifth shard, so that a run waits for a visitor.
final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let calls = SmallRun.Counter()

    func open() { isOpen.withLock { $0 = true } }

    /// Kernels that stand still in that shard until the gate opens.
    func kernels(like kernels: KernelSet) -> KernelSet {
        var held = kernels
        let right = kernels.denseWeightGradient[2]
        held.denseWeightGradient[2] = { gradient, input, weights, biases in
            right(gradient, input, weights, biases)
            self.calls.increase()
            guard self.calls.value == 5 else { return }
            let deadline = ContinuousClock.now + .seconds(120)
            while !self.isOpen.withLock(\.self), ContinuousClock.now < deadline {
                usleep(1_000)
            }
        }
        return held
    }
}
