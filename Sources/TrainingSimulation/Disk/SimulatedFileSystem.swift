import Checkpoints

/// One folder on a disk in memory, which knows what would outlive a power cut.
///
/// What processes see and what is on the platter are kept apart: synchronizing a file carries its
/// contents over, synchronizing the folder its names. Belongs to the one thread of its run.
final class SimulatedFileSystem: FileSystem, @unchecked Sendable {
    /// What has a name, and what it holds.
    private struct State {
        var files: [String: Int] = [:]
        var contents: [Int: [UInt8]] = [:]
    }

    private var seen = State()
    private var durable = State()
    private var hasFolder = false
    private var nextFile = folderDescriptor + 1
    /// Whether nothing can be written.
    var isFull = false
    /// How many calls are done before the process that makes them is killed; nil for all.
    private var callsLeft: Int?

    private static let folderDescriptor = 3

    /// How the world looks to a process that is killed after some calls.
    func withDeath<Result>(afterCalls count: Int, _ body: () -> Result) -> Result {
        callsLeft = count
        defer { callsLeft = nil }
        return body()
    }

    /// The power goes: what was not synchronized is gone, or has got as far as `share` says, of a
    /// thousand; names may or may not have reached the platter.
    func cutPower(share: Int, namesSurvive: Bool) {
        if namesSurvive { durable.files = seen.files }
        for file in Set(durable.files.values) where durable.contents[file] != seen.contents[file] {
            let written = seen.contents[file] ?? []
            durable.contents[file] = Array(written.prefix(written.count * share / 1_000))
        }
        seen = durable
    }

    /// Flips a bit of a file, as an old disk does.
    func rot(_ name: String, bit: Int) {
        guard let file = seen.files[name], var bytes = seen.contents[file], !bytes.isEmpty else {
            return
        }
        bytes[bit / 8 % bytes.count] ^= 1 << UInt8(bit % 8)
        seen.contents[file] = bytes
        durable.contents[file] = bytes
    }

    /// The names of files, sorted.
    var names: [String] { seen.files.keys.sorted() }

    private func count(_ call: String, _ path: String) throws(CheckpointError) {
        guard let left = callsLeft else { return }
        guard left > 0 else { throw .systemCall(call, path: path, code: Self.ioError) }
        callsLeft = left - 1
    }

    /// The codes of Linux for what can fail here.
    private static let (noEntry, ioError, exists, noSpace): (Int32, Int32, Int32, Int32) =
        (2, 5, 17, 28)

    func makeFolder(_ path: String) throws(CheckpointError) {
        try count("mkdir", path)
        hasFolder = true
    }

    func openFolder(_ path: String, followsLink: Bool) throws(CheckpointError) -> Int32 {
        try count("open", path)
        guard hasFolder else { throw .systemCall("open", path: path, code: Self.noEntry) }
        return Int32(Self.folderDescriptor)
    }

    func createFile(_ name: String, in folder: OpenFolder) throws(CheckpointError) -> Int32 {
        try count("open", name)
        guard seen.files[name] == nil else {
            throw .systemCall("open", path: name, code: Self.exists)
        }
        if isFull { throw .systemCall("open", path: name, code: Self.noSpace) }
        nextFile += 1
        seen.files[name] = nextFile
        seen.contents[nextFile] = []
        return Int32(nextFile)
    }

    func write(
        _ bytes: ArraySlice<UInt8>,
        to file: Int32,
        path: String
    ) throws(CheckpointError) -> Int {
        try count("write", path)
        if isFull { throw .systemCall("write", path: path, code: Self.noSpace) }
        // In two parts, so that a death between them is drawn too.
        let part = bytes.prefix(max(bytes.count / 2, 400))
        seen.contents[Int(file), default: []] += part
        return part.count
    }

    func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError) {
        try count("fsync", path)
        if descriptor == Self.folderDescriptor {
            durable.files = seen.files
        } else {
            durable.contents[Int(descriptor)] = seen.contents[Int(descriptor)]
        }
    }

    func close(_ descriptor: Int32, path: String) throws(CheckpointError) {
        try count("close", path)
    }

    func rename(_ name: String, to target: String, in folder: OpenFolder) throws(CheckpointError) {
        try count("rename", name)
        guard let file = seen.files.removeValue(forKey: name) else {
            throw .systemCall("rename", path: name, code: Self.noEntry)
        }
        seen.files[target] = file
    }

    func remove(_ name: String, in folder: OpenFolder) throws(CheckpointError) {
        try count("unlink", name)
        guard let file = seen.files.removeValue(forKey: name) else {
            throw .systemCall("unlink", path: name, code: Self.noEntry)
        }
        if durable.files[name] == nil { seen.contents[file] = nil }
    }

    func list(_ folder: OpenFolder) throws(CheckpointError) -> [String] {
        try count("getdents", folder.path)
        return Array(seen.files.keys)
    }

    func read(
        _ name: String,
        in folder: OpenFolder,
        followsLink: Bool,
        sizeMax: Int
    ) throws(CheckpointError) -> [UInt8] {
        try count("read", name)
        guard let file = seen.files[name], let bytes = seen.contents[file] else {
            throw .systemCall("open", path: name, code: Self.noEntry)
        }
        return bytes
    }
}
