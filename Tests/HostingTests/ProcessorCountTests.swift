import Foundation
import TestTools
import Testing

@testable import Hosting

struct ProcessorCountTests {
    private let folder = try! TemporaryFolder()

    private func write(_ text: String, _ path: String) throws {
        let file = folder.url.appending(path: "sys/fs/cgroup/" + path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }

    private func count(_ processGroups: String) -> Int? {
        ProcessorCount.groupCount(in: folder.url.path, processGroups: processGroups)
    }

    @Test func `rounds the second version's quota up, of a group or one above it`() throws {
        #expect(count("0::/") == nil)
        try write("max 100000\n", "cpu.max")
        #expect(count("0::/a/b\n") == nil)
        try write("350000 100000\n", "a/b/cpu.max")
        #expect(count("0::/a/b\n") == 4)
        try write("200000 100000\n", "a/cpu.max")
        #expect(count("0::/a/b\n") == 2)
        try write("50000 100000\n", "cpu.max")
        #expect(count("0::/a/b\n") == 1)
        #expect(count("0::/of/the/host\n") == 1)
    }

    @Test func `reads the first version's quota, by each name of its folder`() throws {
        try write("-1\n", "cpu/cpu.cfs_quota_us")
        try write("100000\n", "cpu/cpu.cfs_period_us")
        #expect(count("4:memory:/x\n1:cpu:/x\n0::/\n") == nil)
        try write("150000\n", "cpu,cpuacct/x/cpu.cfs_quota_us")
        try write("50000\n", "cpu,cpuacct/x/cpu.cfs_period_us")
        #expect(count("3:cpu,cpuacct:/x\n") == 3)
        try write("250001\n", "cpu/cpu.cfs_quota_us")
        #expect(count("4:memory:/x\n1:cpu:/\n") == 3)
    }

    @Test func `takes what is no limit for none`() throws {
        for text in ["", "max", "0 100000", "5 0", "a b", "1 2 3"] {
            try write(text, "cpu.max")
            #expect(count("0::/\n") == nil, "\(text)")
        }
        #expect(count("") == nil)
        #expect(count("0\n::\n") == nil)
    }

    @Test func `is 1 at least in this process`() { #expect(ProcessorCount.ofProcess >= 1) }
}
