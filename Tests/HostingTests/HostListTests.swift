import Foundation
import TestTools
import Testing

@testable import Hosting

struct HostListTests {
    private func read(_ text: String) throws(HostError) -> [String] {
        try HostList.read(text, file: nil).map {
            "\($0.destination) \($0.workerCount.map(String.init) ?? "auto")"
        }
    }

    @Test func `reads hosts with and without a number of workers`() throws {
        #expect(try read("alpha") == ["alpha auto"])
        #expect(try read("alpha:4, ada@beta:2") == ["alpha 4", "ada@beta 2"])
        #expect(
            try read("10.0.0.1:1,[fd77::1]:3,[fd77::2]") == [
                "10.0.0.1 1", "fd77::1 3", "fd77::2 auto",
            ]
        )
    }

    @Test(arguments: [
        ("alpha:0", "'0' where 1 to 1024 workers"), ("alpha:", "'' where 1 to 1024"),
        ("alpha:four", "'four'"), ("alpha:-1", "'-1'"), ("alpha:99999999999999999999", "1024"),
        (":4", "'' where a host"), ("-oProxyCommand=x:1", "'-oProxyCommand=x' where a host"),
        ("al pha:1", "'al pha' where a host"), ("alpha\u{7}", "where a host"),
        ("alpha:1,alpha:2", "alpha was found twice"), ("", "add --hosts"), (",,", "add --hosts"),
    ])
    func `refuses what names no host`(text: String, fragment: String) throws {
        let error = #expect(throws: HostError.self) { try read(text) }
        #expect(
            error?.description.contains(fragment) == true,
            "\(text): \(error?.description ?? "")"
        )
    }

    @Test func `reads a file in either form, with comments, after the list`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "hosts")
        try Data("# machines\n\nbeta:2\r\ngamma slots=3  # new\n  delta\n".utf8).write(to: file)
        let hosts = try HostList.read("alpha:1", file: file.path)
        #expect(hosts.map(\.destination) == ["alpha", "beta", "gamma", "delta"])
        #expect(hosts.map(\.workerCount) == [1, 2, 3, nil])
    }

    @Test(arguments: [
        ("beta\ngamma max_slots=3\n", "F:2: 'gamma max_slots=3'"),
        ("beta slots=none", "F:1: 'none'"),
        ("beta slots=1 gamma", "F:1:"),
    ])
    func `names the line of a file that it cannot read`(text: String, fragment: String) throws {
        let error = #expect(throws: HostError.self) { try HostList.hosts(inFile: text, named: "F") }
        #expect(error?.description.contains(fragment) == true, "\(error?.description ?? "")")
    }

    @Test func `says why a file cannot be read`() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "hosts").path
        try Data([0xFF, 0xFE]).write(to: URL(filePath: file))
        for (path, reason) in [
            (file, "not UTF-8"), (folder.url.path, "a folder"), (file + "x", "no file"),
        ] {
            let error = #expect(throws: HostError.self) { try HostList.read(nil, file: path) }
            #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        }
        try Data().write(to: URL(filePath: file))
        #expect(throws: HostError.none) { try HostList.read(nil, file: file) }
    }
}
