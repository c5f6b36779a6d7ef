package import Foundation

/// The folder that a run leaves behind: its configuration, figures, checkpoints and model.
package struct RunFolder: Equatable, Sendable {
    /// Why a folder cannot be a run's.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// It holds a run already, and the new one was not asked to go on with it.
        case holdsRun(path: String)
        /// It holds no run that could go on.
        case holdsNoRun(path: String)
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
    package init(path: String) { self.path = path }

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

    /// Whether a run was started in it.
    package var holdsRun: Bool {
        [configurationPath, checkpointsPath, modelPath, summaryPath].contains {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    /// Makes the folder for a new run, or checks that it holds the one to go on with.
    ///
    /// - Throws: ``Failure`` when it holds a run but should not, should but does not, or cannot be
    ///   written to.
    package func open(resumes: Bool) throws(Failure) {
        guard holdsRun == resumes else {
            throw resumes ? .holdsNoRun(path: path) : .holdsRun(path: path)
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o750]
            )
        } catch {
            throw .unusable(path: path, reason: reason(of: error))
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// Keeps other processes from training in the folder until the result is let go, or this
    /// process ends, however it does.
    ///
    /// - Throws: ``Failure/isInUse(path:)`` when another process has done the same.
    package func lock() throws(Failure) -> RunFolderLock {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
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
