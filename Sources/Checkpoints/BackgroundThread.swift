#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Work that must not take a core from those who compute.
enum BackgroundThread {
    /// Runs `body` on a thread of the lowest priority, and waits for its end.
    ///
    /// The thread is its own, for a priority once lowered may not be raised again.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
        let task = Task(body)
        #if canImport(Darwin)
            return body()
        #else
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(task as AnyTask).toOpaque()
            let code = pthread_create(
                &thread,
                nil,
                { argument in
                    let task = Unmanaged<AnyTask>.fromOpaque(argument!).takeRetainedValue()
                    // Of the calling thread alone, by Linux's reading of PRIO_PROCESS.
                    setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19)
                    task.perform()
                    return nil
                },
                argument
            )
            guard code == 0 else {
                Unmanaged<AnyTask>.fromOpaque(argument).release()
                return body()
            }
            pthread_join(thread, nil)
            return task.value!
        #endif
    }

    private class AnyTask {
        func perform() {}
    }

    private final class Task<Value>: AnyTask {
        private let body: () -> Value
        private(set) var value: Value?

        init(_ body: @escaping () -> Value) { self.body = body }

        override func perform() { value = body() }
    }
}
