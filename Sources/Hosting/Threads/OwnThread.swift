internal import CSignals
import Glibc
import Kernels

/// The system gives no thread.
package struct ThreadError: Error, Equatable, CustomStringConvertible {
    let name: String
    let code: Int32

    package var description: String {
        "starting a thread (\(name)): the system refused one (\(String(cString: strerror(code)))) where it was expected "
            + "to start; raise the limits on memory and processes (ulimit -v, ulimit -u)"
    }
}

/// What every thread's stack has, unless it says otherwise: limits on stacks are not for threads.
private let stackSizeDefault = 8 << 20

/// Starts a thread that computes.
///
/// - Throws: when the system gives none.
package func startThread(
    named name: String,
    stackSize: Int = stackSizeDefault,
    _ body: @escaping @Sendable () -> Void
) throws(ThreadError) {
    let start = Unmanaged.passRetained(ThreadBody(name: name, body: body))
    let code = thread_start(
        stackSize,
        { Unmanaged<ThreadBody>.fromOpaque($0!).takeRetainedValue().run() },
        start.toOpaque()
    )
    guard code == 0 else {
        start.release()
        throw ThreadError(name: name, code: code)
    }
}

/// Runs a loop that blocks on a thread of its own, away from Swift's cooperative pool.
///
/// The thread flushes subnormal floats to zero, as the numeric contract asks of every thread that
/// computes.
///
/// - Throws: what `body` throws; ``ThreadError`` when the system gives no thread.
package func onOwnThread<Value: Sendable>(
    named name: String,
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try startThread(named: name) { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}

/// What a thread does, on its way to it.
private final class ThreadBody: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    func run() {
        thread_name(name)
        FloatingPointMode.flushSubnormals()
        body()
    }
}
