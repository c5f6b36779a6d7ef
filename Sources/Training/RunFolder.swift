package import Foundation

/// The folder that a run leaves behind: its configuration, figures, checkpoints and model.
package struct RunFolder: Equatable, Sendable {
    /// Why a folder cannot be a run's.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// It holds a run already, and the new one was not asked to go on with it.
        case holdsRun(path: String)
        /// It holds no run that could go on.
        case holdsNoRun(path: String)
        /// It holds a run that has no checkpoint left.
        case holdsNoCheckpoint(path: String)
        /// It cannot be made or written to.
        case unusable(path: String, reason: String)
        /// Another process trains in it.
        case isInUse(path: String)

        package var description: String {
            switch self {
            case .holdsRun(let path):
                "\(path): a run was found where an empty or new folder was expected; "
                    + "add --resume to go on with it, or name another --run-dir"
            case .holdsNoRun(let path):
                "\(path): no run was found where --resume expected one; "
                    + "leave out --resume to start it, or name the right --run-dir"
            case .holdsNoCheckpoint(let path):
                "\(path): a run without a checkpoint was found where --resume expected one; "
                    + "put one back into \(path)/checkpoints, or start afresh in another --run-dir"
            case .unusable(let path, let reason):
                "\(path): making the run's folder failed with \"\(reason)\" where a folder that can be "
                    + "written to was expected; name another --run-dir, or check its permissions"
            case .isInUse(let path):
                "\(path): another process trains in this folder; wait for it, or name another --run-dir"
            }
        }
    }

    /// The folder's path.
    package let path: String

    /// Describes a folder, which need not exist yet.
    ///
    /// - Parameter path: where it is; slashes at the end count for nothing.
    package init(path: String) {
        let end = path.lastIndex { $0 != "/" }
        self.path = end.map { String(path[...$0]) } ?? path
    }

    /// The folder that a run gets when none was named: `runs/<date>-<time>`, with a number behind
    /// it where that is taken.
    package static func unnamed(at date: Date = Date()) -> RunFolder {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(year: .defaultDigits)\(month: .twoDigits)\(day: .twoDigits)-\
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\
                \(minute: .twoDigits)\(second: .twoDigits)
                """,
            timeZone: .current,
            calendar: Calendar(identifier: .gregorian)
        )
        let name = "runs/\(date.formatted(style))"
        var path = name
        var number = 2
        while FileManager.default.fileExists(atPath: path) {
            path = "\(name)-\(number)"
            number += 1
        }
        return RunFolder(path: path)
    }

    /// The configuration as the run resolved it.
    package var configurationPath: String { path + "/config.yaml" }
    /// Figures, a line an epoch and every so many steps.
    package var metricsPath: String { path + "/metrics.jsonl" }
    /// The run in short, once it is complete.
    package var summaryPath: String { path + "/summary.json" }
    /// Where checkpoints go.
    package var checkpointsPath: String { path + "/checkpoints" }
    /// The trained model.
    package var modelPath: String { path + "/model.safetensors" }

    /// Whether it holds the configuration of a run.
    package var holdsConfiguration: Bool {
        FileManager.default.fileExists(atPath: configurationPath)
    }

    /// Whether it holds anything that a new run would write over.
    ///
    /// A start that failed before its first checkpoint leaves nothing that counts.
    package var holdsRun: Bool {
        let names = try? FileManager.default.contentsOfDirectory(atPath: checkpointsPath)
        return names?.contains { !$0.hasPrefix(".") } == true
            || [configurationPath, metricsPath, modelPath, summaryPath].contains {
                FileManager.default.fileExists(atPath: $0)
            }
    }

    /// Makes the folder for a new run, or checks that it holds the one to go on with, and keeps
    /// other processes from training in it until the result is let go, or this process ends,
    /// however it does.
    ///
    /// - Throws: ``Failure`` when it holds a run but should not, should but does not, cannot be
    ///   written to, or is another process's.
    package func open(resumes: Bool) throws(Failure) -> RunFolderLock {
        try checkContents(resumes: resumes)
        try Self.make(path)
        let lock = try lock()
        guard access(path, W_OK | X_OK) == 0 else { throw Self.unusable(path) }
        // Another process may have trained in it since.
        try checkContents(resumes: resumes)
        return lock
    }

    private func checkContents(resumes: Bool) throws(Failure) {
        guard holdsRun == resumes else {
            throw resumes ? .holdsNoRun(path: path) : .holdsRun(path: path)
        }
    }

    /// Makes a folder, and its parents where they are missing.
    private static func make(_ folder: String) throws(Failure) {
        if mkdir(folder, 0o750) == 0 || errno == EEXIST { return }
        let parent = NSString(string: folder).deletingLastPathComponent
        guard errno == ENOENT, parent.count < folder.count else { throw unusable(folder) }
        try make(parent)
        if mkdir(folder, 0o750) != 0, errno != EEXIST { throw unusable(folder) }
    }

    /// The failure that a system call has just left in `errno`.
    private static func unusable(_ path: String) -> Failure {
        .unusable(path: path, reason: String(cString: strerror(errno)))
    }

    private func lock() throws(Failure) -> RunFolderLock {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unusable(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .isInUse(path: path)
        }
        return RunFolderLock(descriptor: descriptor)
    }

    /// Writes the configuration.
    ///
    /// - Throws: ``Failure/unusable(path:reason:)`` when it cannot.
    package func write(configuration text: String) throws(Failure) {
        do {
            try Data(text.utf8).write(to: URL(filePath: configurationPath), options: .atomic)
        } catch {
            throw .unusable(path: configurationPath, reason: reason(of: error))
        }
    }

    private func reason(of error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let code = underlying?.code, underlying?.domain == NSPOSIXErrorDomain else {
            return error.localizedDescription
        }
        return String(cString: strerror(Int32(code)))
    }
}

/// The exclusive use of a run's folder; ends with its value.
package struct RunFolderLock: ~Copyable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
