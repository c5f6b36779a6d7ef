import Foundation
import TestTools
import Testing

@testable import Hosting

struct PrivateSocketFolderTests {
    @Test func `is this user's alone, and goes with its value`() throws {
        let parent = try TemporaryFolder()
        var folder: PrivateSocketFolder? = try PrivateSocketFolder(in: parent.path)
        let path = try #require(folder).path
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o700)
        #expect(folder?.endpoint == "ipc://\(path)/socket")
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `takes away what dead processes have left, and nothing else`() throws {
        let parent = try TemporaryFolder()
        let other = try PrivateSocketFolder(in: parent.path)
        let files = FileManager.default
        for (name, mode) in [
            ("lockstep-aaaaaa", 0o700), ("lockstep-bbbbbb", 0o755), ("lockstep-run", 0o700),
        ] {
            let path = "\(parent.path)/\(name)"
            try files.createDirectory(
                atPath: path,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: mode]
            )
            try Data().write(to: URL(filePath: path + "/socket"))
        }
        let folder = try PrivateSocketFolder(in: parent.path)
        let left = [other.path, folder.path].map { URL(filePath: $0).lastPathComponent }
        #expect(
            try Set(files.contentsOfDirectory(atPath: parent.path))
                == Set(left + ["lockstep-bbbbbb", "lockstep-run"])
        )
    }

    @Test func `fits a socket's path where the folder's would be too long`() throws {
        let parent = try TemporaryFolder()
        let long = parent.path + "/" + String(repeating: "d", count: 100)
        try FileManager.default.createDirectory(atPath: long, withIntermediateDirectories: false)
        let folder = try PrivateSocketFolder(in: long)
        #expect(folder.path.hasPrefix("/tmp/") && folder.endpoint.utf8.count <= 6 + 107)
    }
}
