import Glibc

/// What the build watches the tests with.
package enum Sanitizer {
    /// Whether it is the thread sanitizer, which reports what races on purpose too.
    package static let watchesThreads = dlsym(nil, "__tsan_init") != nil

    private static let watchesAddresses = dlsym(nil, "__asan_init") != nil

    /// How much longer than usual something may take.
    package static let patience = watchesThreads || watchesAddresses ? 10 : 1
}
