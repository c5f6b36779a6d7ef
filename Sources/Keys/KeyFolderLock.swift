import Glibc

/// The right to change a folder of keys, which one process or thread has at a time.
///
/// It is flock(2)'s, on the folder itself: it leaves no file behind, and ends with its value or its
/// process, however that ends.
struct KeyFolderLock: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// How long another may hold it; a change takes a few milliseconds, a process that was stopped
    /// in the midst of one takes for ever.
    private static let patience = Duration.seconds(10)

    /// Waits for the lock.
    ///
    /// - Throws: when the folder cannot be opened, or another holds the lock too long.
    init(of path: String) throws(KeyError) {
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw KeyFile.failure(path, "opening the folder") }
        let deadline = ContinuousClock.now + Self.patience
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                let failure = KeyFile.failure(path, "locking the folder")
                close(opened)
                throw failure
            }
            guard ContinuousClock.now < deadline else {
                close(opened)
                throw .isInUse(path: path, seconds: Int(Self.patience.components.seconds))
            }
            usleep(2_000)
        }
        self.path = path
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Brings the names of what was renamed to the disk, so that a revocation outlives a power cut.
    ///
    /// - Throws: when the disk does not take them.
    func synchronize() throws(KeyError) {
        guard fsync(descriptor) == 0 else { throw KeyFile.failure(path, "writing the folder") }
    }
}
