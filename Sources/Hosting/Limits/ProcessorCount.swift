import Glibc
import SharedMemory

/// How many processors this process may use: those of its affinity mask, or as many as the limits
/// of its control groups leave, fractions rounded up.
///
/// What runs under a scheduler's or container's limit is slowed down, not refused, when it uses
/// more.
package enum ProcessorCount {
    /// The count for this process; 1 at least.
    package static let ofProcess = max(
        1,
        min(
            HostProcessor.allowed.count,
            groupCount(in: "", processGroups: text(of: "/proc/self/cgroup")) ?? .max
        )
    )

    /// How many processors the control groups leave; nil where none sets a limit.
    ///
    /// The limit of a group holds for all below it, so each folder on the way counts. In a
    /// container the process's own group may be the root of what is mounted there, by whatever name
    /// the host calls it.
    ///
    /// - Parameters:
    ///   - root: what stands before `/sys`.
    ///   - processGroups: what `/proc/self/cgroup` says: lines of `number:controllers:path`.
    static func groupCount(in root: String, processGroups: String) -> Int? {
        var counts: [Int] = []
        for line in processGroups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let controllers = parts[1].split(separator: ",")
            let isUnified = parts[0] == "0" && controllers.isEmpty
            guard isUnified || controllers.contains("cpu") else { continue }
            let mounts = isUnified ? ["", "/unified"] : ["/cpu", "/cpu,cpuacct", "/\(parts[1])"]
            for mount in mounts {
                for folder in foldersUpwards(String(parts[2])) {
                    let place = "\(root)/sys/fs/cgroup\(mount)\(folder)"
                    let limit = isUnified ? unifiedLimit(at: place) : oldLimit(at: place)
                    if let limit { counts.append(limit) }
                }
            }
        }
        return counts.min()
    }

    /// A path and all above it, the root (an empty one) included; nothing outside of it.
    private static func foldersUpwards(_ path: String) -> [String] {
        let names = path.split(separator: "/").filter { $0 != ".." }
        return (0...names.count).map { names.prefix($0).map { "/\($0)" }.joined() }
    }

    /// Version 2: `cpu.max` holds `QUOTA PERIOD` or `max PERIOD`.
    private static func unifiedLimit(at place: String) -> Int? {
        let words = text(of: place + "/cpu.max").split(whereSeparator: \.isWhitespace)
        guard words.count == 2 else { return nil }
        return count(quota: Int(words[0]), period: Int(words[1]))
    }

    /// Version 1: a quota of -1 is none.
    private static func oldLimit(at place: String) -> Int? {
        count(
            quota: number(in: place + "/cpu.cfs_quota_us"),
            period: number(in: place + "/cpu.cfs_period_us")
        )
    }

    private static func count(quota: Int?, period: Int?) -> Int? {
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return quota / period + (quota % period == 0 ? 0 : 1)
    }

    private static func number(in path: String) -> Int? {
        Int(text(of: path).split(whereSeparator: \.isWhitespace).first ?? "")
    }

    /// A small file's text; empty where it cannot be read.
    private static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let size = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, size)), as: UTF8.self)
    }
}
