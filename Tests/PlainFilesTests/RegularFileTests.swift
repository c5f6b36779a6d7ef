import Foundation
import TestTools
import Testing

@testable import PlainFiles

struct RegularFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `reads a file up to the size that is allowed, and through a link`() throws {
        let path = folder.path + "/file"
        try Data(repeating: 7, count: 100_000).write(to: URL(filePath: path))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link",
            withDestinationPath: path
        )
        #expect(try RegularFile.read(path, sizeMax: 100_000).count == 100_000)
        #expect(try RegularFile.read(folder.path + "/link", sizeMax: 100_000).last == 7)
        #expect(throws: RegularFile.Failure.isTooLarge(sizeMax: 99_999)) {
            try RegularFile.read(path, sizeMax: 99_999)
        }
    }

    @Test func `reads a file's first bytes, and none of what is no file`() throws {
        let path = folder.path + "/short"
        try Data([1, 2, 3]).write(to: URL(filePath: path))
        #expect(RegularFile.start(of: path, size: 2) == [1, 2])
        #expect(RegularFile.start(of: path, size: 9) == [1, 2, 3])
        let pipe = folder.path + "/silent"
        try #require(mkfifo(pipe, 0o600) == 0)
        for other in [pipe, folder.path, folder.path + "/none", "/dev/zero"] {
            #expect(RegularFile.start(of: other, size: 2).isEmpty, "\(other)")
        }
    }

    @Test func `refuses what is no file at once, a pipe that nobody writes to as well`() throws {
        let pipe = folder.path + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(throws: RegularFile.Failure.isNoFile) { try RegularFile.read(pipe, sizeMax: 1) }
        #expect(throws: RegularFile.Failure.isNoFile) {
            try RegularFile.read("/dev/zero", sizeMax: 1)
        }
        #expect(throws: RegularFile.Failure.isFolder) {
            try RegularFile.read(folder.path, sizeMax: 1)
        }
        #expect(throws: RegularFile.Failure.refused(code: ENOENT)) {
            try RegularFile.read(folder.path + "/none", sizeMax: 1)
        }
    }

    /// Files of the kernel's say that they are empty.
    @Test func `bounds a file that is longer than it says`() throws {
        #expect(throws: RegularFile.Failure.isTooLarge(sizeMax: 2)) {
            try RegularFile.read("/proc/self/status", sizeMax: 2)
        }
    }
}
