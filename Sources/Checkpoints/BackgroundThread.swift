import Glibc

/// Work that must not take a core from those who compute.
enum BackgroundThread {
    /// Runs `body` on a thread of the lowest priority, and waits for its end.
    ///
    /// The thread is its own, for a priority once lowered may not be raised again.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
        let call = Call(body)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(call as AnyCall).toOpaque()
        let code = pthread_create(
            &thread,
            nil,
            { argument in
                let call = Unmanaged<AnyCall>.fromOpaque(argument!).takeRetainedValue()
                // Of the calling thread alone, by Linux's reading of PRIO_PROCESS.
                setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19)
                call.perform()
                return nil
            },
            argument
        )
        guard code == 0 else {
            Unmanaged<AnyCall>.fromOpaque(argument).release()
            return body()
        }
        pthread_join(thread, nil)
        return call.value!
    }

    private class AnyCall {
        func perform() {}
    }

    private final class Call<Value>: AnyCall {
        private let body: () -> Value
        private(set) var value: Value?

        init(_ body: @escaping () -> Value) { self.body = body }

        override func perform() { value = body() }
    }
}
