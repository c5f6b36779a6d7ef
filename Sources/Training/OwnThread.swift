import Foundation
import Kernels

/// Starts a thread that computes.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
        FloatingPointMode.flushSubnormals()
        body()
    }
    thread.name = name
    thread.start()
}

/// Runs a loop that blocks on a thread of its own, away from Swift's cooperative pool.
///
/// The thread flushes subnormal floats to zero, as the numeric contract asks of every thread that
/// computes.
func onOwnThread<Value: Sendable>(
    named name: String,
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread {
            FloatingPointMode.flushSubnormals()
            continuation.resume(with: Result { try body() })
        }
        thread.name = name
        thread.start()
    }
}
