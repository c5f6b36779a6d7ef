import Synchronization

@testable import Checkpoints

/// A disk in memory that knows what would outlive a power cut, and that stops or fails at a call.
///
/// Every call is numbered from 0. From `crashIndex` on nothing happens any more, as if the process
/// were dead; at `failIndex` one call fails and the next works again. What the running process
/// sees (`names`, `contents`) and what is on the platter (`durableNames`, `durableContents`) are
/// kept apart: fsync of a file carries its contents over, fsync of the folder its names.
final class CrashingFileSystem: FileSystem {
    struct Disk: Sendable {
        var names: [String: Int] = [:]
        var contents: [Int: [UInt8]] = [:]
        var durableNames: [String: Int] = [:]
        var durableContents: [Int: [UInt8]] = [:]
        var hasFolder = false
        var calls: [String] = []
        var openFiles: Set<Int32> = []
        var nextNumber = 10
    }

    private let disk: Mutex<Disk>
    private let crashIndex: Int?
    private let failIndex: Int?
    private let writeSizeMax: Int

    init(
        disk: Disk = Disk(),
        crashIndex: Int? = nil,
        failIndex: Int? = nil,
        writeSizeMax: Int = 400
    ) {
        var disk = disk
        disk.calls = []
        self.disk = Mutex(disk)
        self.crashIndex = crashIndex
        self.failIndex = failIndex
        self.writeSizeMax = writeSizeMax
    }

    var calls: [String] { disk.withLock { $0.calls } }
    var openFileCount: Int { disk.withLock { $0.openFiles.count } }
    var names: [String] { disk.withLock { $0.names.keys.sorted() } }

    /// What another process finds after this one has died: all that was done, synchronized or not.
    var afterProcessDeath: Disk { disk.withLock { $0 } }

    /// What is found after a power cut. Renames and removals that were not synchronized may
    /// (`namesSurvive`) or may not have reached the platter; contents that were not are gone.
    func afterPowerCut(namesSurvive: Bool) -> Disk {
        disk.withLock { disk in
            var after = disk
            after.names = namesSurvive ? disk.names : disk.durableNames
            after.contents = [:]
            for number in after.names.values {
                after.contents[number] = disk.durableContents[number] ?? []
            }
            after.durableNames = after.names
            after.durableContents = after.contents
            return after
        }
    }

    /// Counts a call, and does it unless this is where the world ends.
    private func perform<Result>(
        _ call: String,
        _ body: (inout Disk) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        let outcome = disk.withLock { disk -> Swift.Result<Result, CheckpointError> in
            let index = disk.calls.count
            disk.calls.append(call)
            if let crashIndex, index >= crashIndex {
                return .failure(.systemCall("crash", path: call, code: 5))
            }
            // A failing close closes all the same, as close(2) does.
            if index == failIndex, call != "close" {
                return .failure(.systemCall(call, path: "/fake", code: 28))
            }
            do throws(CheckpointError) {
                let result = try body(&disk)
                if index == failIndex { throw .systemCall(call, path: "/fake", code: 28) }
                return .success(result)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    func makeFolder(_ path: String) throws(CheckpointError) {
        try perform("makeFolder") { $0.hasFolder = true }
    }

    func openFolder(_ path: String, followsLink: Bool) throws(CheckpointError) -> Int32 {
        try perform("openFolder") { disk throws(CheckpointError) in
            guard disk.hasFolder else { throw .systemCall("open", path: path, code: 2) }
            disk.openFiles.insert(3)
            return 3
        }
    }

    func createFile(_ name: String, in folder: OpenFolder) throws(CheckpointError) -> Int32 {
        try perform("createFile") { disk throws(CheckpointError) in
            guard disk.names[name] == nil else {
                throw .systemCall("open", path: name, code: 17)
            }
            let number = disk.nextNumber
            disk.nextNumber += 1
            disk.names[name] = number
            disk.contents[number] = []
            disk.openFiles.insert(Int32(number))
            return Int32(number)
        }
    }

    func write(
        _ bytes: ArraySlice<UInt8>,
        to file: Int32,
        path: String
    ) throws(CheckpointError) -> Int {
        try perform("write") { disk in
            let part = bytes.prefix(writeSizeMax)
            disk.contents[Int(file), default: []] += part
            return part.count
        }
    }

    func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError) {
        try perform(descriptor == 3 ? "fsync folder" : "fsync") { disk in
            if descriptor == 3 {
                disk.durableNames = disk.names
            } else {
                disk.durableContents[Int(descriptor)] = disk.contents[Int(descriptor)]
            }
        }
    }

    func close(_ descriptor: Int32, path: String) throws(CheckpointError) {
        try perform("close") { disk in _ = disk.openFiles.remove(descriptor) }
    }

    func rename(
        _ name: String,
        to target: String,
        in folder: OpenFolder
    ) throws(CheckpointError) {
        try perform("rename") { disk throws(CheckpointError) in
            guard let number = disk.names.removeValue(forKey: name) else {
                throw .systemCall("rename", path: name, code: 2)
            }
            disk.names[target] = number
        }
    }

    func remove(_ name: String, in folder: OpenFolder) throws(CheckpointError) {
        try perform("remove") { disk throws(CheckpointError) in
            guard disk.names.removeValue(forKey: name) != nil else {
                throw .systemCall("unlink", path: name, code: 2)
            }
        }
    }

    func list(_ folder: OpenFolder) throws(CheckpointError) -> [String] {
        try perform("list") { Array($0.names.keys) }
    }

    func read(
        _ name: String,
        in folder: OpenFolder,
        followsLink: Bool,
        sizeMax: Int
    ) throws(CheckpointError) -> [UInt8] {
        try perform("read") { disk throws(CheckpointError) in
            guard let number = disk.names[name], let bytes = disk.contents[number] else {
                throw .systemCall("open", path: name, code: 2)
            }
            return bytes
        }
    }
}
