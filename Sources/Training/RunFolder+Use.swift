import Foundation

extension RunFolder {
    /// Whether a process of this host trains in the folder.
    ///
    /// The system's list of locks is read, for a lock of our own, however short, could keep a run
    /// from starting.
    package var isInUse: Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        let locks = (try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? ""
        return Self.holdsLock(on: status, in: locks)
    }

    /// Whether a list of locks has a whole file's (flock(2)); proc(5) has its form.
    static func holdsLock(on status: stat, in locks: String) -> Bool {
        // As makedev(3) puts them together.
        let number = UInt64(status.st_dev)
        let major = number >> 8 & 0xFFF | number >> 32 & ~0xFFF
        let minor = number & 0xFF | number >> 12 & ~0xFF
        let device = [major, minor].map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: max(0, 2 - digits.count)) + digits
        }
        let place = "\(device[0]):\(device[1]):\(status.st_ino)"
        // Some file systems, such as btrfs, give each volume a number that locks do not have.
        let isVolume = major == 0
        return locks.split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            // 1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF
            return words.count >= 6 && words[1] == "FLOCK" && words[3] == "WRITE"
                && (words[5] == place || isVolume && words[5].hasSuffix(":\(status.st_ino)"))
        }
    }
}
