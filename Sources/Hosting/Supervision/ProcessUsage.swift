import Glibc

/// What this process has used of its machine, as proc(5) and getrlimit(2) tell.
package struct ProcessUsage: Sendable {
    /// Time on processors, of the program and of the system for it.
    package let processorSeconds: Double
    /// Memory that it has.
    package let residentSize: Int
    /// Addresses that it has.
    package let virtualSize: Int
    /// Open files, sockets among them.
    package let openFileCount: Int
    /// As many may be open.
    package let openFileCountMax: Int
    /// When it began, in seconds since 1970.
    package let startTime: Double

    /// Looks; nil where the system does not tell.
    package init?() {
        guard let stat = Self.text(of: "/proc/self/stat"), let name = stat.lastIndex(of: ")"),
            let boot = Self.text(of: "/proc/stat")?.split(separator: "\n")
                .first(where: { $0.hasPrefix("btime ") })?.split(separator: " ").last,
            let bootTime = Double(boot)
        else { return nil }
        // The name may have spaces; the third field follows it.
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let pageSize = sysconf(Int32(_SC_PAGESIZE))
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let start = Double(fields[19]), let size = Int(fields[20]), let pages = Int(fields[21])
        else { return nil }
        processorSeconds = (user + system) / ticks
        startTime = bootTime + start / ticks
        virtualSize = size
        residentSize = pages * pageSize
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        openFileCountMax = Int(clamping: limit.rlim_cur)
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        // The folder that is being read is one of them.
        openFileCount = count - 1
    }

    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 1 << 20 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
