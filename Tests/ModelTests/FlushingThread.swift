import Foundation
import Kernels

/// Runs `body` on a thread of its own that flushes subnormal numbers, as the numeric contract asks.
///
/// The mode belongs to the thread, so a thread that the test merely borrowed would keep it for the
/// tests that follow.
func onFlushingThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
    let box = Box<Result>()
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
        FloatingPointMode.flushSubnormals()
        box.value = body()
        done.signal()
    }
    done.wait()
    guard let value = box.value else { preconditionFailure("the thread ended without a result") }
    return value
}

/// Passes a result between two threads; the semaphore orders the accesses.
private final class Box<Value>: @unchecked Sendable {
    var value: Value?
}
