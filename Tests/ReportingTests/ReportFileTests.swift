import Foundation
import TestTools
import Testing

@testable import Reporting

@Suite struct ReportFileTests {
    @Test func `says that the disk is full`() throws {
        let file = try ReportFile(path: "/dev/full", opening: .continued)
        #expect(
            throws: ReportError.unwritable(file: "/dev/full", reason: "No space left on device")
        ) {
            try file.append([1])
        }
    }

    @Test func `appends behind what another writer appended`() throws {
        try withTemporaryFolder { folder in
            let first = try ReportFile(path: "\(folder)/a", opening: .new)
            let second = try ReportFile(path: "\(folder)/a", opening: .continued)
            try first.append(Array("one ".utf8))
            try second.append(Array("two ".utf8))
            try first.append(Array("three".utf8))
            #expect(try text(of: "\(folder)/a") == "one two three")
        }
    }

    @Test func `gives whole lines until one is too long or not wanted`() throws {
        try withTemporaryFolder { folder in
            let file = try ReportFile(path: "\(folder)/a", opening: .new)
            let long = String(repeating: "x", count: 100_000)
            try file.append(Array("one\n\nthree\n\(long)\nfive\ntorn".utf8))
            var lines: [String] = []
            try file.forEachLine(lengthMax: 200_000) { bytes in
                lines.append(String(decoding: bytes, as: UTF8.self))
                return true
            }
            #expect(lines == ["one", "", "three", long, "five"])
            lines = []
            try file.forEachLine(lengthMax: 99_999) { bytes in
                lines.append(String(decoding: bytes, as: UTF8.self))
                return true
            }
            #expect(lines == ["one", "", "three"])
            var count = 0
            try file.forEachLine(lengthMax: 200_000) { _ in
                count += 1
                return count < 2
            }
            #expect(count == 2)
        }
    }

    @Test func `refuses a pipe and does not wait for it`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            #expect(throws: ReportError.unwritable(file: path, reason: "a pipe")) {
                try ReportFile(path: path, opening: .continued)
            }
        }
    }

    @Test func `follows no symbolic link, and leaves alone what it leads to`() throws {
        try withTemporaryFolder { folder in
            try "precious".write(toFile: "\(folder)/a", atomically: false, encoding: .utf8)
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/b",
                withDestinationPath: "\(folder)/a"
            )
            #expect(throws: ReportError.self) {
                try ReportFile(path: "\(folder)/b", opening: .continued).append([1])
            }
            try ReportFile.replace("\(folder)/b", with: [1])
            #expect(try text(of: "\(folder)/a") == "precious")
        }
    }

    @Test func `replaces a file whole and leaves nothing beside it`() throws {
        try withTemporaryFolder { folder in
            try ReportFile.replace("\(folder)/a", with: Array("long text".utf8))
            try ReportFile.replace("\(folder)/a", with: Array("short".utf8))
            #expect(try text(of: "\(folder)/a") == "short")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        }
    }

    @Test func `names the file and not the temporary one when it cannot`() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder)/a/b",
                withIntermediateDirectories: true
            )
            #expect {
                try ReportFile.replace("\(folder)/a", with: [1])
            } throws: { error in
                "\(error)".hasPrefix("\(folder)/a: cannot be written (")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        }
    }
}
