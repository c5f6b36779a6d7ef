import Checkpoints
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

    /// What a number is put behind until nobody has the name; nil for a folder that was named.
    private let firstName: String?

    /// Describes a folder, which need not exist yet.
    ///
    /// - Parameter path: where it is; slashes at the end count for nothing, and a `~` that the
    ///   shell has left at its start, as it does behind `=`, is the user's own folder.
    package init(path: String) {
        self.path = Self.withoutSlashes(NSString(string: path).expandingTildeInPath)
        firstName = nil
    }

    init(unnamed path: String, firstName: String) {
        self.path = path
        self.firstName = firstName
    }

    private static func withoutSlashes(_ path: String) -> String {
        let end = path.lastIndex { $0 != "/" }
        return end.map { String(path[...$0]) } ?? path
    }

    /// Whether it is named after `~` and nobody here has that name.
    package var isUnknownHome: Bool { path.hasPrefix("~") }

    /// The folder that a run gets when none was named: `runs/<date>-<time>`, with a number behind
    /// it where that is taken.
    ///
    /// Another start of the same second may still take it; see ``open(resumes:)``.
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
        return free(from: "runs/\(date.formatted(style))")
    }

    /// The first of `name`, `name-2`, `name-3`, … that is not there.
    private static func free(from name: String) -> RunFolder {
        var path = name
        var number = 2
        while FileManager.default.fileExists(atPath: path) {
            path = "\(name)-\(number)"
            number += 1
        }
        return RunFolder(unnamed: path, firstName: name)
    }

    /// The configuration as the run resolved it.
    package var configurationPath: String { path + "/config.yaml" }
    /// Figures, a line each epoch and each `--log-every` steps.
    package var metricsPath: String { path + "/metrics.jsonl" }
    /// The run in short, once it is complete.
    package var summaryPath: String { path + "/summary.json" }
    /// Where checkpoints go.
    package var checkpointsPath: String { path + "/checkpoints" }
    /// The same figures as a table.
    package var tablePath: String { path + "/metrics.csv" }
    /// What happened to the run.
    package var historyPath: String { path + "/history.jsonl" }
    /// TensorBoard's files, one a start.
    var eventsPaths: [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        return (names ?? []).filter { $0.hasPrefix("events.out.tfevents.") }.map { path + "/" + $0 }
    }
    /// The trained model.
    package var modelPath: String { path + "/model.safetensors" }
    /// The model of the epoch with the lowest validation loss.
    package var bestPath: String { path + "/best.safetensors" }
    /// The moving average of its parameters.
    package var averagePath: String { path + "/ema.safetensors" }

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
    /// A folder that nobody named is this start's alone, under another number where another start
    /// was faster. Where opening fails, no folder is left that it has made.
    ///
    /// - Returns: the lock, which tells the folder that was opened.
    /// - Throws: ``Failure`` when it holds a run but should not, should but does not, cannot be
    ///   written to, or is another process's.
    package func open(resumes: Bool) throws(Failure) -> RunFolderLock {
        if firstName == nil { try checkContents(resumes: resumes) }
        let made = try MadeFolders(upTo: path)
        if let firstName, made.last != path {
            return try Self.free(from: firstName).open(resumes: resumes)
        }
        do throws(Failure) {
            let descriptor = try lock()
            do throws(Failure) {
                guard access(path, W_OK | X_OK) == 0 else { throw Self.unusable(path) }
                // Another process may have trained in it since.
                try checkContents(resumes: resumes)
            } catch {
                close(descriptor)
                throw error
            }
            return RunFolderLock(descriptor: descriptor, folder: self, made: made, isNew: !resumes)
        } catch {
            made.remove()
            throw error
        }
    }

    private func checkContents(resumes: Bool) throws(Failure) {
        guard holdsRun == resumes else {
            throw resumes ? .holdsNoRun(path: path) : .holdsRun(path: path)
        }
    }

    /// The failure that a system call has just left in `errno`.
    static func unusable(_ path: String) -> Failure {
        .unusable(path: path, reason: String(cString: strerror(errno)))
    }

    private func lock() throws(Failure) -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unusable(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .isInUse(path: path)
        }
        return descriptor
    }

    /// Writes the configuration.
    ///
    /// - Throws: ``Failure/unusable(path:reason:)`` when it cannot.
    package func write(configuration text: String) throws(Failure) {
        do throws(CheckpointError) {
            try AtomicWrite.write(Array(text.utf8), to: configurationPath)
        } catch {
            guard case .systemCall(_, _, let code) = error else {
                throw .unusable(path: configurationPath, reason: "\(error)")
            }
            throw .unusable(path: configurationPath, reason: String(cString: strerror(code)))
        }
    }

    /// A path as it is found from every working folder.
    package static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// Where a data set's folder is found.
    ///
    /// - Parameter isOfRun: the path stands in this run's configuration. One that an older version
    ///   has left there is relative to the folder of that start, which may be any above this one.
    package func placed(_ dataset: String, isOfRun: Bool) -> String {
        let path = NSString(string: dataset).expandingTildeInPath
        guard isOfRun, !path.hasPrefix("/") else { return path }
        var folder = Self.absolute(self.path)
        var candidates = [path]
        while folder != "/", !folder.isEmpty {
            folder = NSString(string: folder).deletingLastPathComponent
            candidates.append((folder == "/" ? "" : folder) + "/" + path)
        }
        var isFolder: ObjCBool = false
        let found = candidates.first {
            FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && isFolder.boolValue
        }
        // Where there is none, the message should name it as the operator did.
        return found ?? path
    }
}

/// The exclusive use of a run's folder; ends with its value.
package struct RunFolderLock: ~Copyable {
    /// The folder that was opened.
    package let folder: RunFolder

    private let descriptor: Int32
    private let made: MadeFolders
    private let isNew: Bool

    fileprivate init(descriptor: Int32, folder: RunFolder, made: MadeFolders, isNew: Bool) {
        self.descriptor = descriptor
        self.folder = folder
        self.made = made
        self.isNew = isNew
    }

    deinit { close(descriptor) }

    /// Removes what a start has left that failed before its run began; a run that was there before
    /// stays as it is.
    package func abandon() {
        guard isNew else { return }
        // None of these was there when the folder was opened.
        for path in [
            folder.configurationPath, folder.metricsPath, folder.tablePath, folder.historyPath,
            folder.checkpointsPath,
        ] {
            try? FileManager.default.removeItem(atPath: path)
        }
        if made.last == folder.path {
            for path in folder.eventsPaths { try? FileManager.default.removeItem(atPath: path) }
        }
        made.remove()
    }
}
