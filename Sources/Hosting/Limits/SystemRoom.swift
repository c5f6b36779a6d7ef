internal import CSignals
import Glibc

/// Tries beforehand whether the system gives the memory and threads that work needs, since
/// libraries end the process, or wait for ever, where it does not.
package enum SystemRoom {
    /// Why it does not.
    package enum TooLittle: Error, Equatable, CustomStringConvertible {
        /// So much address space.
        case memory(size: Int)
        /// These numbers of threads and of processes.
        case threads(count: Int, expected: Int)

        package var description: String {
            switch self {
            case .memory(let size):
                "starting: the system refused \(size >> 20) MB of memory where so much is needed; "
                    + "raise the limit on it (ulimit -v, ulimit -d)"
            case .threads(let count, let expected):
                "starting: the system gave \(count) threads where \(expected) are needed; choose fewer workers, "
                    + "or raise the limits on processes and memory (ulimit -u, ulimit -v)"
            }
        }
    }

    /// What a process maps beside what is mapped when it starts: a coordinator of two processors
    /// was seen to map 200 MB, and each processor brings a thread with its stack.
    private static let memorySize = (256 << 20) + (16 << 20) * ProcessorCount.ofProcess
    /// What a coordinator or one who holds workers has, and what each worker has: 14 and 8 were
    /// counted.
    private static let ownThreadCount = 16
    private static let workerThreadCount = 9
    private static let threadStackSize = 1 << 16

    /// Makes sure that this process and `workers` more have room.
    ///
    /// - Throws: ``TooLittle`` when they do not.
    package static func check(workerCount: Int) throws(TooLittle) {
        let memory = mmap(
            nil,
            memorySize,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
            -1,
            0
        )
        guard let memory, memory != MAP_FAILED else { throw .memory(size: memorySize) }
        munmap(memory, memorySize)
        let expected = ownThreadCount + workerThreadCount * workerCount
        let count = Int(threads_count(Int32(clamping: expected), threadStackSize))
        guard count == expected else { throw .threads(count: count, expected: expected) }
    }
}
