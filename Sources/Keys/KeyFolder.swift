import Glibc
package import ZeroMQ

/// The folder in which a coordinator keeps its key and the list of its workers.
///
/// It holds `coordinator.key` and `authorized-workers`, and for each worker `NAME.key`, which is
/// to be moved to the worker's machine. All are mode 0600, the folder is 0700.
///
/// Whoever changes it holds a lock on the folder from reading the list to renaming the new one over
/// it, so that of changes by several processes none is lost. Readers need no lock: they see the
/// list before or after.
package struct KeyFolder: Equatable, Sendable {
    /// Where it is.
    package let path: String

    /// Describes a folder, which need not exist yet.
    package init(path: String) { self.path = path }

    private var coordinatorPath: String { path + "/coordinator.key" }
    private var listPath: String { path + "/authorized-workers" }

    /// The file of a worker's keys.
    package func workerPath(_ name: String) -> String { "\(path)/\(name).key" }

    /// Makes the folder with the keys of a coordinator and one worker.
    ///
    /// - Throws: when there are keys in it already, or it cannot be written to.
    package func make(firstWorker name: String) throws(KeyError) {
        try checkName(name)
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw KeyFile.failure(path, "making the folder")
        }
        let pair = try draw()
        try locked { () throws(KeyError) in
            try KeyFile.write(CoordinatorKey(pair: pair).text, to: coordinatorPath, replaces: false)
            try KeyFile.write("", to: listPath, replaces: false)
            try addLocked(name)
        }
    }

    /// Runs `body` while no other process or thread changes the folder, and brings what it has
    /// renamed to the disk.
    private func locked<Result>(
        _ body: () throws(KeyError) -> Result
    ) throws(KeyError) -> Result {
        let lock = try KeyFolderLock(of: path)
        let result = try body()
        try lock.synchronize()
        return result
    }

    /// Makes a worker's keys and lists it.
    ///
    /// - Throws: when the name is taken or none, or the folder cannot be read or written to.
    package func add(_ name: String) throws(KeyError) {
        try checkName(name)
        try locked { () throws(KeyError) in try addLocked(name) }
    }

    private func addLocked(_ name: String) throws(KeyError) {
        var list = try workers()
        guard !list.entries.contains(where: { $0.name == name }) else {
            throw .exists(path: workerPath(name))
        }
        let key = WorkerKey(pair: try draw(), coordinator: try coordinator().pair.publicKey)
        try KeyFile.write(key.text, to: workerPath(name), replaces: false)
        list.add(name, key.pair.publicKey)
        do throws(KeyError) {
            try KeyFile.write(list.text, to: listPath, replaces: true)
        } catch {
            // A key that nobody lists would only be in the way of the next try.
            unlink(workerPath(name))
            throw error
        }
    }

    /// Lists a worker that has drawn its keys by itself, and returns the name that it gets.
    ///
    /// - Throws: when the folder cannot be read or written to.
    package func add(_ key: CurveKey) throws(KeyError) -> String {
        try locked { () throws(KeyError) in
            var list = try workers()
            var number = 1
            while list.entries.contains(where: { $0.name == "joined-\(number)" }) { number += 1 }
            list.add("joined-\(number)", key)
            try KeyFile.write(list.text, to: listPath, replaces: true)
            return "joined-\(number)"
        }
    }

    /// Strikes a worker off the list and removes its file where it is still here.
    ///
    /// - Throws: when it is not listed, or the folder cannot be read or written to.
    package func revoke(_ name: String) throws(KeyError) {
        try checkName(name)
        try locked { () throws(KeyError) in
            var list = try workers()
            guard list.entries.contains(where: { $0.name == name }) else {
                throw .unlisted(name: name, path: listPath)
            }
            list.remove(name)
            try KeyFile.write(list.text, to: listPath, replaces: true)
            unlink(workerPath(name))
        }
    }

    /// Reads the coordinator's key.
    package func coordinator() throws(KeyError) -> CoordinatorKey {
        try CoordinatorKey(
            text: KeyFile.read(coordinatorPath, isSecret: true),
            place: coordinatorPath
        )
    }

    /// Reads the list.
    package func workers() throws(KeyError) -> WorkerList {
        try WorkerList(text: KeyFile.read(listPath, isSecret: false), place: listPath)
    }

    private func draw() throws(KeyError) -> CurveKeyPair {
        do { return try CurveKeyPair.drawn() } catch {
            throw .failed(path: path, operation: "making keys", reason: "\(error)")
        }
    }
}
