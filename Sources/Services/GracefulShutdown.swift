import Synchronization

/// The wish that a service end in good order; made once, for good.
///
/// It reaches all that the service's task calls, and the tasks that this makes, as a task's
/// cancellation does. Unlike that it breaks nothing off: whoever waits for it decides what to do.
package final class GracefulShutdown: Sendable {
    /// What the running task belongs to; nil outside a service.
    @TaskLocal package static var current: GracefulShutdown?

    private struct State {
        var isBegun = false
        var handlers: [Int: @Sendable () -> Void] = [:]
        var nextNumber = 0
    }

    private let state = Mutex(State())

    /// Makes a wish that nobody has had yet.
    package init() {}

    /// Whether the service has been asked.
    package var isBegun: Bool { state.withLock(\.isBegun) }

    /// Asks the service, and calls the handlers; nothing happens the second time.
    package func begin() {
        let handlers = state.withLock { state in
            defer { (state.isBegun, state.handlers) = (true, [:]) }
            return state.handlers
        }
        for (_, handler) in handlers.sorted(by: { $0.key < $1.key }) { handler() }
    }

    /// Calls `handler` when the service is asked, at once if it has been.
    ///
    /// - Returns: what to remove it by.
    fileprivate func add(_ handler: @escaping @Sendable () -> Void) -> Int? {
        let number: Int? = state.withLock { state in
            guard !state.isBegun else { return nil }
            state.nextNumber += 1
            state.handlers[state.nextNumber] = handler
            return state.nextNumber
        }
        if number == nil { handler() }
        return number
    }

    fileprivate func remove(_ number: Int?) {
        guard let number else { return }
        state.withLock { $0.handlers[number] = nil }
    }
}

extension Task where Success == Never, Failure == Never {
    /// Whether the service that the running task belongs to has been asked to end.
    package static var isShuttingDownGracefully: Bool {
        GracefulShutdown.current?.isBegun ?? false
    }
}

/// Does something, and calls the handler if its service is asked to end meanwhile, or was before.
package func withGracefulShutdownHandler<Result>(
    _ operation: () async throws -> Result,
    onGracefulShutdown handler: @escaping @Sendable () -> Void
) async rethrows -> Result {
    let shutdown = GracefulShutdown.current
    let number = shutdown?.add(handler)
    defer { shutdown?.remove(number) }
    return try await operation()
}

/// Waits until the service that the running task belongs to is asked to end; outside a service, for
/// ever.
///
/// - Throws: when the task is cancelled.
package func gracefulShutdown() async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    await withGracefulShutdownHandler {
        // A cancelled task's loop ends too.
        for await _ in stream {}
    } onGracefulShutdown: {
        continuation.finish()
    }
    try Task.checkCancellation()
}

/// Does something in a task of its own, which is cancelled when the service is asked to end.
///
/// - Throws: what the operation throws.
package func cancelWhenGracefulShutdown<Result: Sendable>(
    _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try? await gracefulShutdown()
            return nil
        }
        while let result = try await group.next() {
            group.cancelAll()
            if let result { return result }
        }
        preconditionFailure("the operation neither returned nor threw")
    }
}
