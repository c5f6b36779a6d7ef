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
        _ = consume lock
    }
}
