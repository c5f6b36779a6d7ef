import Foundation
import TestTools
import Testing

@testable import Training

struct RunFolderTests {
    @Test func `is its user's and its group's to read, and follows no link when it writes`() throws
    {
        let parent = try TemporaryFolder()
        let folder = RunFolder(path: parent.path + "/runs/one")
        let lock = try folder.open(resumes: false)
        for path in [parent.path + "/runs", folder.path] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect((mode as? Int ?? 0o777) & 0o007 == 0)
        }
        let victim = parent.path + "/victim"
        try Data([42]).write(to: URL(filePath: victim))
        try FileManager.default.createSymbolicLink(
            atPath: folder.configurationPath,
            withDestinationPath: victim
        )
        try folder.write(configuration: "seed: 1\n")
        #expect(FileManager.default.contents(atPath: victim) == Data([42]))
        #expect(
            try String(contentsOfFile: folder.configurationPath, encoding: .utf8) == "seed: 1\n"
        )
        let mode = try FileManager.default
            .attributesOfItem(atPath: folder.configurationPath)[.posixPermissions]
        #expect((mode as? Int ?? 0) & 0o640 == 0o640, "as the run's other files")
        _ = consume lock
    }

    @Test func `gives each of many starts of one second a folder of its own`() throws {
        let parent = try TemporaryFolder()
        let first = RunFolder(
            unnamed: parent.path + "/runs/now",
            firstName: parent.path + "/runs/now"
        )
        var paths: [String] = []
        // All were named before any was opened.
        for _ in 0..<3 {
            let lock = try first.open(resumes: false)
            try lock.folder.write(configuration: "seed: 1\n")
            paths.append(lock.folder.path)
        }
        #expect(paths == ["now", "now-2", "now-3"].map { parent.path + "/runs/" + $0 })
    }

    @Test func `leaves no folder that it has made when it cannot be opened`() throws {
        let parent = try TemporaryFolder()
        let long = String(repeating: "x", count: 300)
        let folder = RunFolder(path: parent.path + "/a/b/" + long)
        #expect(throws: RunFolder.Failure.self) { _ = try folder.open(resumes: false) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path).isEmpty)
    }

    @Test func `leaves nothing of a start that is abandoned, and what was there before`() throws {
        let parent = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: parent.path + "/mine",
            withIntermediateDirectories: false
        )
        try Data([1]).write(to: URL(filePath: parent.path + "/mine/note"))
        for path in [parent.path + "/mine", parent.path + "/a/b"] {
            let folder = RunFolder(path: path)
            let lock = try folder.open(resumes: false)
            try folder.write(configuration: "seed: 1\n")
            lock.abandon()
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: parent.path)
        #expect(names.sorted() == ["mine", "mine/note"])
    }

    @Test func `abandons nothing of a run that goes on`() throws {
        let parent = try TemporaryFolder()
        let folder = RunFolder(path: parent.path + "/a")
        do {
            let lock = try folder.open(resumes: false)
            try folder.write(configuration: "seed: 1\n")
            _ = consume lock
        }
        let lock = try folder.open(resumes: true)
        lock.abandon()
        #expect(folder.holdsConfiguration)
    }

    @Test func `takes a tilde that the shell has left for the user's own folder`() {
        let home = NSString(string: "~").expandingTildeInPath
        #expect(RunFolder(path: "~/x/").path == home + "/x")
        #expect(RunFolder(path: "~no-such-user/x").isUnknownHome)
        #expect(RunFolder(path: "a/~").path == "a/~")
    }

    @Test func `finds the data set of a run of an older version above its folder`() throws {
        let parent = try TemporaryFolder()
        let name = "data-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: parent.path + "/" + name,
            withIntermediateDirectories: false
        )
        let folder = RunFolder(path: parent.path + "/runs/one")
        #expect(folder.placed(name, isOfRun: true) == parent.path + "/" + name)
        #expect(folder.placed(name, isOfRun: false) == name)
        #expect(folder.placed("none", isOfRun: true) == "none")
        #expect(folder.placed("/some/where", isOfRun: true) == "/some/where")
    }

    @Test func `knows a folder that a process trains in by the system's list of locks`() throws {
        let temporary = try TemporaryFolder()
        let folder = RunFolder(path: temporary.path + "/run")
        #expect(!folder.isInUse)
        do {
            let lock = try folder.open(resumes: false)
            #expect(lock.folder.isInUse)
            #expect(!RunFolder(path: temporary.path).isInUse)
        }
        #expect(!folder.isInUse)
        var status = stat()
        (status.st_dev, status.st_ino) = (0xFE02, 77)
        for (line, isHeld) in [
            ("1: FLOCK  ADVISORY  WRITE 4711 fe:02:77 0 EOF", true),
            ("1: FLOCK  ADVISORY  WRITE 4711 fe:02:777 0 EOF", false),
            ("1: FLOCK  ADVISORY  READ 4711 fe:02:77 0 EOF", false),
            ("1: POSIX  ADVISORY  WRITE 4711 fe:02:77 0 EOF", false),
            ("1: FLOCK  ADVISORY  WRITE 4711 00:02:77 0 EOF", false), ("1: FLOCK", false),
        ] { #expect(RunFolder.holdsLock(on: status, in: "2: x\n\(line)\n") == isHeld, "\(line)") }
        status.st_dev = 0x31
        #expect(RunFolder.holdsLock(on: status, in: "1: FLOCK ADVISORY WRITE 1 00:2b:77 0 EOF"))
    }
}
