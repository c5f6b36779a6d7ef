import Figures
import Foundation
import TestTools
import Testing

@testable import Checkpoints

@Suite struct CheckpointStoreTests {
    private func store(
        _ fileSystem: any FileSystem,
        folder: String = "/fake/checkpoints",
        keepCount: Int = 2
    ) -> CheckpointStore {
        CheckpointStore(
            folder: folder,
            keepCount: keepCount,
            table: smallTable,
            fileSystem: fileSystem
        )
    }

    /// A disk on which steps 1 and 2 are safe and a crashed save has left a temporary file.
    private func seasonedDisk() throws -> CrashingFileSystem.Disk {
        let fileSystem = CrashingFileSystem()
        try store(fileSystem).save(sample(step: 1))
        try store(fileSystem).save(sample(step: 2))
        var disk = fileSystem.afterProcessDeath
        disk.names[".step-00000003.safetensors.0123456789abcdef.tmp"] = 5
        disk.contents[5] = [1, 2, 3]
        disk.durableNames = disk.names
        return disk
    }

    @Test func `gives back what was saved, field by field and bit by bit`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/checkpoints"
        let store = store(LocalFileSystem(), folder: path)
        let saved = try store.save(sample(step: 12))
        #expect(saved.warnings == [])
        #expect(saved.path == path + "/step-00000012.safetensors")
        let found = try #require(try store.newestValid())
        #expect(found.checkpoint == sample(step: 12))
        #expect(found.path == saved.path)
        #expect(found.warnings == [])
        #expect(found.checkpoint.metadata.epochTotals.lossSum == 12.1)
    }

    @Test func `makes the folder and the files readable to owner and group only`() throws {
        let folder = try TemporaryFolder()
        let saved = try store(LocalFileSystem(), folder: folder.path + "/new").save(sample(step: 1))
        for (path, mode) in [(folder.path + "/new", 0o750), (saved.path, 0o640)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? Int).map { $0 & ~mode } == 0)
        }
    }

    @Test func `keeps the newest ones and removes the others and what a crash has left`() throws {
        let folder = try TemporaryFolder()
        let store = store(LocalFileSystem(), folder: folder.path)
        let mine = ".step-00000009.safetensors.00000000000000ff.tmp"
        let others = [
            ".model.safetensors.00000000000000ff.tmp", ".step-00000009.safetensors.ff.tmp",
            "notes.tmp", "step-9.safetensors",
        ]
        for name in others + [mine] { try folder.write([1], to: name) }
        for step in [100, 200, 300, 400] { try store.save(sample(step: step)) }
        let kept = ["step-00000300.safetensors", "step-00000400.safetensors"]
        #expect(try folder.names() == (kept + others).sorted())
    }

    @Test func `never removes the one just saved for damaged ones with later steps`() throws {
        let folder = try TemporaryFolder()
        let store = store(LocalFileSystem(), folder: folder.path, keepCount: 1)
        try store.save(sample(step: 5))
        try folder.write([0], to: "step-00000008.safetensors")
        try folder.write([0], to: "step-00000009.safetensors")
        try store.save(sample(step: 6))
        let found = try #require(try store.newestValid())
        #expect(found.checkpoint.metadata.step == 6)
        #expect(found.warnings.count == 2)
    }

    @Test func `passes over damaged files, newest first, with a sentence for each`() throws {
        let folder = try TemporaryFolder()
        let store = store(LocalFileSystem(), folder: folder.path)
        try store.save(sample(step: 5))
        let whole = sample(step: 6).encoded()
        try folder.write(Array(whole.dropLast(4)), to: "step-00000006.safetensors")
        var flipped = sample(step: 7).encoded()
        flipped[flipped.count - 1] ^= 1
        try folder.write(flipped, to: "step-00000007.safetensors")
        try folder.write(sample(step: 1).encoded(), to: "step-00000008.safetensors")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/step-00000009.safetensors",
            withDestinationPath: "step-00000005.safetensors"
        )
        try FileManager.default.createDirectory(
            atPath: folder.path + "/step-00000010.safetensors",
            withIntermediateDirectories: false
        )
        let found = try #require(try store.newestValid())
        #expect(found.checkpoint == sample(step: 5))
        try #require(found.warnings.count == 5)
        let clues = ["folder or device", "to be opened", "the step of", "SHA-256", "data section"]
        for (index, clue) in clues.enumerated() {
            #expect(
                found.warnings[index].contains("step-000000\(index == 0 ? "" : "0")\(10 - index)")
            )
            #expect(found.warnings[index].contains(clue))
        }
    }

    @Test func `refuses to start afresh when no checkpoint is valid`() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "step-00000001.safetensors")
        try folder.write([7], to: "step-00000002.safetensors")
        let error = #expect(throws: CheckpointError.self) {
            try store(LocalFileSystem(), folder: folder.path).newestValid()
        }
        guard case .noneValid(folder.path, let problems) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problems.count == 2)
        let text = try #require(error).description
        #expect(text.contains("none of 2 checkpoints") && text.contains("step-00000002"))
    }

    @Test func `finds nothing in an empty folder or where there is none`() throws {
        let folder = try TemporaryFolder()
        #expect(try store(LocalFileSystem(), folder: folder.path).newestValid() == nil)
        #expect(try store(LocalFileSystem(), folder: folder.path + "/none").newestValid() == nil)
    }

    @Test func `does not follow a link, neither as the folder nor under a file's name`() throws {
        let folder = try TemporaryFolder()
        try folder.write([42], to: "victim")
        let real = folder.path + "/real"
        try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link",
            withDestinationPath: real
        )
        #expect(throws: CheckpointError.self) {
            try store(LocalFileSystem(), folder: folder.path + "/link").save(sample(step: 1))
        }
        try FileManager.default.createSymbolicLink(
            atPath: real + "/step-00000001.safetensors",
            withDestinationPath: folder.path + "/victim"
        )
        try store(LocalFileSystem(), folder: real).save(sample(step: 1))
        #expect(FileManager.default.contents(atPath: folder.path + "/victim") == Data([42]))
        #expect(try store(LocalFileSystem(), folder: real).newestValid()?.warnings == [])
    }

    @Test func `does not meet again what it went back from, even after a power cut`() throws {
        let fileSystem = CrashingFileSystem(disk: try seasonedDisk())
        #expect(try store(fileSystem).newestValid()?.checkpoint.metadata.step == 2)
        let found = try #require(try store(fileSystem).goBack { $0.step <= 1 })
        #expect(found.checkpoint.metadata.step == 1)
        for namesSurvive in [false, true] {
            let disk = fileSystem.afterPowerCut(namesSurvive: namesSurvive)
            let next = try store(CrashingFileSystem(disk: disk)).newestValid()
            #expect(next?.checkpoint.metadata.step == 1, "\(namesSurvive)")
        }
    }

    @Test func `leaves a valid checkpoint wherever a crash falls between two calls`() throws {
        let disk = try seasonedDisk()
        let calm = CrashingFileSystem(disk: disk)
        try store(calm).save(sample(step: 3))
        let callCount = calm.calls.count
        #expect(calm.calls.filter { $0 == "write" }.count > 2)
        #expect(calm.calls.filter { $0 == "remove" }.count == 2)
        #expect(calm.openFileCount == 0)

        var steps: [Int] = []
        for crashIndex in 0...callCount {
            let fileSystem = CrashingFileSystem(disk: disk, crashIndex: crashIndex)
            let isSaved = (try? store(fileSystem).save(sample(step: 3))) != nil
            let afterwards = [
                fileSystem.afterProcessDeath, fileSystem.afterPowerCut(namesSurvive: false),
                fileSystem.afterPowerCut(namesSurvive: true),
            ]
            for (kind, disk) in afterwards.enumerated() {
                let place = "crash before call \(crashIndex) of \(callCount), disk \(kind)"
                let found = try store(CrashingFileSystem(disk: disk)).newestValid()
                let step = try #require(found?.checkpoint.metadata.step, "\(place)")
                #expect(step == 3 || (step == 2 && !isSaved), "\(place)")
                #expect(found?.checkpoint == sample(step: step), "\(place)")
                #expect(found?.warnings == [], "\(place)")
                steps.append(step)
                // The next save clears away what the crash has left.
                let next = CrashingFileSystem(disk: disk)
                try store(next).save(sample(step: 4))
                #expect(next.names.allSatisfy { !$0.hasPrefix(".") }, "\(place)")
            }
        }
        #expect(Set(steps) == [2, 3])
    }

    @Test func `survives the failure of any one call and saves the next time`() throws {
        let disk = try seasonedDisk()
        let calm = CrashingFileSystem(disk: disk)
        try store(calm).save(sample(step: 3))
        var failureCount = 0
        for failIndex in calm.calls.indices {
            let place = "call \(failIndex), \(calm.calls[failIndex])"
            let fileSystem = CrashingFileSystem(disk: disk, failIndex: failIndex)
            let outcome = Result { try store(fileSystem).save(sample(step: 3)) }
            #expect(fileSystem.openFileCount == 0, "\(place)")
            let found = try #require(try store(fileSystem).newestValid(), "\(place)")
            switch outcome {
            case .success(let saved):
                #expect(found.checkpoint.metadata.step == 3, "\(place)")
                let isTidying = ["list", "remove"].contains(calm.calls[failIndex])
                #expect(saved.warnings.count == (isTidying ? 1 : 0), "\(place)")
            case .failure(let error):
                failureCount += 1
                #expect("\(error)".contains("free some space"), "\(place)")
                #expect([2, 3].contains(found.checkpoint.metadata.step), "\(place)")
            }
            let stale = fileSystem.names.filter { $0.hasSuffix(".tmp") && !$0.contains("0123") }
            #expect(stale == [], "\(place)")
            try store(fileSystem).save(sample(step: 4))
            #expect(try store(fileSystem).newestValid()?.checkpoint == sample(step: 4), "\(place)")
        }
        #expect(failureCount >= 7)
    }

    @Test func `synchronizes a file before its rename and the folder after`() throws {
        let fileSystem = CrashingFileSystem(writeSizeMax: 1 << 20)
        try store(fileSystem).save(sample(step: 3))
        #expect(
            fileSystem.calls == [
                "makeFolder", "openFolder", "list", "createFile", "write", "fsync", "close",
                "rename", "fsync folder", "list", "close",
            ]
        )
    }

    @Test func `says in a sentence that a folder cannot be made`() throws {
        let folder = try TemporaryFolder()
        try folder.write([], to: "file")
        let path = folder.path + "/file/checkpoints"
        let error = #expect(throws: CheckpointError.self) {
            try store(LocalFileSystem(), folder: path).save(sample(step: 1))
        }
        #expect(
            error?.description
                == "\(path): \"Not a directory\" was found where it was to be made; "
                + "check that each folder of the path is one, not a link or a file"
        )
    }
}
