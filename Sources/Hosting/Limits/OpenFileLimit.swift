import Glibc

/// How many files, sockets and the like a process may have open, and what its work needs of that.
///
/// libzmq and the runtime end the process where the system gives no descriptor, so whoever starts
/// work makes sure first.
package enum OpenFileLimit {
    /// The limit is too low for the work, and cannot be raised.
    package struct TooLow: Error, Equatable, CustomStringConvertible {
        let purpose: String
        let limit: Int
        /// How many the process has inherited.
        let inherited: Int
        let needed: Int
        /// What else would do than a higher limit.
        let remedy: String?

        package var description: String {
            "\(purpose): a limit of \(limit.withCommas) open files\(inUse) was found where \(needed.withCommas) are needed; "
                + (remedy.map { "\($0), or " } ?? "") + "raise it (ulimit -n)"
        }

        private var inUse: String {
            switch inherited {
            case 0: ""
            case 1: ", one of which is in use already,"
            default: ", \(inherited.withCommas) of which are in use already,"
            }
        }
    }

    /// Work that needs descriptors.
    package enum Work: Equatable, Sendable {
        /// A coordinator with this number of workers, which it starts itself.
        case localRun(workerCount: Int)
        /// A coordinator with these numbers of workers and of hosts, which it reaches over ssh.
        case remoteRun(workerCount: Int, hostCount: Int)
        /// A process that holds this number of workers.
        case holding(workerCount: Int)
        /// A worker.
        case worker

        /// The most that it has open at once.
        ///
        /// Measured: a local run has 37 and 6 a worker (two pipes, what the process is watched by,
        /// its connection, its link and the memory they share); a worker has 21. The rest is for
        /// checkpoints, a trace, callers who ask for health, and a connection that is made anew.
        var descriptorCount: Int {
            switch self {
            case .localRun(let workerCount): 46 + 6 * workerCount
            case .remoteRun(let workerCount, let hostCount): 64 + 4 * workerCount + 6 * hostCount
            case .holding(let workerCount): 30 + 6 * workerCount
            case .worker: 28
            }
        }

        private var purpose: String {
            switch self {
            case .localRun(1), .holding(1): "starting a worker"
            case .localRun(let count), .holding(let count):
                "starting \(count.withCommas) workers"
            case .remoteRun(1, _): "serving a worker"
            case .remoteRun(let count, _): "serving \(count.withCommas) workers"
            case .worker: "computing"
            }
        }

        /// How many workers fit; nil where that does not help.
        private func remedy(within limit: Int) -> String? {
            let fitting =
                switch self {
                case .localRun: (limit - 46) / 6
                case .holding: (limit - 30) / 6
                case .remoteRun, .worker: 0
                }
            return switch fitting {
            case ..<1: nil
            case 1: "choose 1"
            default: "choose \(fitting.withCommas) or fewer"
            }
        }

        func refusal(within limit: Int, inherited: Int = 0) -> TooLow? {
            guard descriptorCount > limit - inherited else { return nil }
            return TooLow(
                purpose: purpose,
                limit: limit,
                inherited: inherited,
                needed: descriptorCount,
                remedy: remedy(within: limit - inherited)
            )
        }
    }

    /// Raises the soft limit to the hard one, and makes sure that the work fits beside what the
    /// process has inherited.
    ///
    /// - Throws: ``TooLow`` when it does not, also for what the work starts.
    package static func makeRoom(for work: Work) throws(TooLow) {
        let limit = raised()
        let inherited = inheritedCount
        // A worker inherits the limit.
        let all: [Work] = work == .worker ? [work] : [work, .worker]
        for work in all {
            if let refusal = work.refusal(within: limit, inherited: inherited) { throw refusal }
        }
    }

    /// How many descriptors are open beside those of the three standard streams; 0 where the system
    /// does not tell.
    static var inheritedCount: Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        let own = dirfd(folder)
        var count = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let descriptor = Int32(name), descriptor > STDERR_FILENO, descriptor != own {
                count += 1
            }
        }
        return count
    }

    /// The limit after it was raised as far as that goes.
    private static func raised() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .max
        }
        let soft = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            limit.rlim_cur = soft
        }
        return Int(clamping: limit.rlim_cur)
    }
}

extension Int {
    /// The number with a comma before each three digits.
    fileprivate var withCommas: String {
        var text = ""
        for (index, digit) in String(self).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
