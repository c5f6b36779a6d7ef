import Foundation
import Synchronization
import TestTools
import Testing
import ZeroMQ

@testable import Keys

struct KeyFolderTests {
    private let folder: TemporaryFolder
    private let keys: KeyFolder

    init() throws {
        folder = try TemporaryFolder()
        keys = KeyFolder(path: folder.url.appending(path: "keys").path)
    }

    @Test func `makes private files that lead to one another`() throws {
        try keys.make(firstWorker: "one")
        try keys.add("two")
        let worker = try WorkerKey(path: keys.workerPath("two"))
        #expect(worker.coordinator == (try keys.coordinator().pair.publicKey))
        let entries = try keys.workers().entries
        #expect(entries.map(\.name) == ["one", "two"])
        #expect(entries[1].key == worker.pair.publicKey)
        let names = try FileManager.default.contentsOfDirectory(atPath: keys.path)
        #expect(names.count == 4, "\(names)")
        for name in names {
            let path = keys.path + "/" + name
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
    }

    @Test func `loses no change of several at once`() throws {
        try keys.make(firstWorker: "one")
        for index in 0..<20 { try keys.add("old-\(index)") }
        let folder = keys
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 60) { index in
            do throws(KeyError) {
                switch index % 3 {
                case 0: try folder.add("new-\(index / 3)")
                case 1: try folder.revoke("old-\(index / 3)")
                default: _ = try folder.add(CurveKeyPair.drawnForTest())
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock(\.self) == [])
        let names = Set(try keys.workers().entries.map(\.name))
        let added = (0..<20).map { "new-\($0)" } + (1...20).map { "joined-\($0)" }
        #expect(names == Set(added + ["one"]))
    }

    @Test func `leaves no file of a worker that cannot be listed`() throws {
        try keys.make(firstWorker: "one")
        let list = keys.path + "/authorized-workers"
        try FileManager.default.removeItem(atPath: list)
        #expect(throws: KeyError.self) { try keys.add("two") }
        #expect(!FileManager.default.fileExists(atPath: keys.workerPath("two")))
    }

    @Test func `never writes over a key`() throws {
        try keys.make(firstWorker: "one")
        let before = try keys.coordinator()
        #expect(throws: KeyError.self) { try keys.make(firstWorker: "two") }
        #expect(throws: KeyError.exists(path: keys.workerPath("one"))) { try keys.add("one") }
        #expect(try keys.coordinator() == before)
    }

    @Test func `strikes a worker off, and none that is not there`() throws {
        try keys.make(firstWorker: "one")
        try keys.revoke("one")
        #expect(try keys.workers().entries.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: keys.workerPath("one")))
        let path = keys.path + "/authorized-workers"
        #expect(throws: KeyError.unlisted(name: "one", path: path)) { try keys.revoke("one") }
    }

    @Test(arguments: [0o604, 0o620, 0o640, 0o600, 0o400])
    func `reads no secret that others can read`(mode: Int) throws {
        try keys.make(firstWorker: "one")
        let path = keys.workerPath("one")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        if mode & 0o027 != 0 {
            #expect(throws: KeyError.exposed(path: path, mode: UInt32(mode))) {
                try WorkerKey(path: path)
            }
        } else {
            _ = try WorkerKey(path: path)
        }
    }

    @Test(arguments: ["", "../x", "a/b", "a b", "coordinator", String(repeating: "x", count: 65)])
    func `takes no name that is more than a name`(name: String) {
        #expect(throws: KeyError.badName(name)) { try keys.add(name) }
    }

    @Test func `refuses every truncation of a key, and keeps its secret to itself`() throws {
        try keys.make(firstWorker: "one")
        let text = try String(contentsOfFile: keys.workerPath("one"), encoding: .utf8)
        let secret = try WorkerKey(path: keys.workerPath("one")).pair.secretKey.text
        for length in 0..<text.count - 1 {
            let error = #expect(throws: KeyError.self, "\(length)") {
                try WorkerKey(text: String(text.prefix(length)), place: "here")
            }
            #expect(error.map { !"\($0)".contains(secret.prefix(8)) } ?? false)
        }
    }
}

extension CurveKeyPair {
    /// The public key of a new pair.
    fileprivate static func drawnForTest() throws(KeyError) -> CurveKey {
        do {
            return try drawn().publicKey
        } catch {
            throw .failed(path: "", operation: "drawing", reason: "\(error)")
        }
    }
}
