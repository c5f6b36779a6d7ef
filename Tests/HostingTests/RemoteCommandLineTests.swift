import Foundation
import TestTools
import Testing

@testable import Hosting

/// What a login shell makes of the text that ssh hands it, with a program that prints its
/// arguments.
struct RemoteCommandLineTests {
    private let folder: TemporaryFolder
    private let program: URL

    init() throws {
        folder = try TemporaryFolder()
        program = folder.url.appending(path: "a program")
        try Data("#!/bin/sh\nfor word; do echo \"$word\"; done\ncat\n".utf8).write(to: program)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: program.path
        )
    }

    private func commandLine(
        host: String = "alpha:2",
        coordinatorHost: String? = "here",
        options: [String] = []
    ) throws -> RemoteCommandLine {
        RemoteCommandLine(
            ssh: ["ssh", "-F", "file"],
            host: try RemoteHost(host, place: "--hosts"),
            program: program.path,
            files: [],
            coordinatorHost: coordinatorHost,
            port: "5555",
            options: options
        )
    }

    /// What a shell prints for a text, and how it ends.
    private func shell(
        _ text: String,
        environment: [String: String] = [:],
        input: Data = Data()
    ) throws -> (lines: [String], status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", text]
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        let (incoming, outgoing) = (Pipe(), Pipe())
        process.standardInput = incoming
        process.standardOutput = outgoing
        process.standardError = outgoing
        try process.run()
        try incoming.fileHandleForWriting.write(contentsOf: input)
        try incoming.fileHandleForWriting.close()
        let data = try outgoing.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        return (lines, process.terminationStatus)
    }

    @Test func `calls ssh with its own options first and asks no questions`() throws {
        let arguments = try commandLine(host: "ada@alpha:2").arguments
        #expect(arguments.starts(with: ["-F", "file", "-T", "-o", "BatchMode=yes"]))
        #expect(arguments.suffix(3).prefix(2) == ["--", "ada@alpha"])
    }

    @Test func `hands every word over as it is`() throws {
        let odd = ["it's", "two words", "$HOME", "`id`", "\"", "\\", "", "*", "é"]
        let (lines, status) = try shell(try commandLine(options: ["x"] + odd + ["y"]).remoteText)
        let start = [
            "worker", "--connect", "tcp://here:5555", "--processes", "2", "--exit-on-stdin-eof",
        ]
        #expect(status == 0)
        // An empty word prints an empty line, which the splitting leaves out.
        #expect(lines == start + ["x"] + odd.filter { !$0.isEmpty } + ["y"])
        let text = try commandLine().remoteText
        #expect(!text.contains("\n"))
        #expect(text.filter { $0 == "'" }.count == 4, "the script and the program's path: \(text)")
    }

    @Test(arguments: [
        ("10.0.0.9 50000 10.0.0.1 22", "tcp://10.0.0.9:5555"),
        ("fd77::9 50000 fd77::1 22", "tcp://[fd77::9]:5555"),
    ])
    func `finds the coordinator where ssh came from`(origin: String, address: String) throws {
        let text = try commandLine(host: "alpha", coordinatorHost: nil).remoteText
        let (lines, _) = try shell(text, environment: ["SSH_CONNECTION": origin])
        #expect(lines.prefix(5) == ["worker", "--connect", address, "--processes", "auto"])
        let (complaint, status) = try shell(text)
        #expect(status == 2)
        #expect(complaint == ["the address that ssh came from is unknown; add --address"])
    }

    @Test(arguments: ["[fd77::9]", "fd77::9"])
    func `puts an address of IPv6 in brackets once`(host: String) throws {
        let (lines, _) = try shell(try commandLine(coordinatorHost: host).remoteText)
        #expect(lines.prefix(3) == ["worker", "--connect", "tcp://[fd77::9]:5555"])
    }

    @Test func `writes the files that follow, runs the first and removes them`() throws {
        let copies = folder.url.appending(path: "copies")
        try FileManager.default.createDirectory(at: copies, withIntermediateDirectories: true)
        let script = "#!/bin/sh\ncat \"$LD_LIBRARY_PATH/libx.so.1\"; echo; cat; exit 7\n"
        let program = folder.url.appending(path: "program")
        try Data(script.utf8).write(to: program)
        var line = try commandLine()
        line.program = nil
        line.files = [
            try ProgramFile(name: "lockstep", path: program.path),
            ProgramFile(name: "libx.so.1", path: "/none", size: 5),
        ]
        let (lines, status) = try shell(
            line.remoteText,
            environment: ["TMPDIR": copies.path],
            input: Data((script + "bytesthe rest").utf8)
        )
        #expect(lines == ["bytes", "the rest"])
        #expect(status == 7)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copies.path).isEmpty)

        let (_, short) = try shell(
            line.remoteText,
            environment: ["TMPDIR": copies.path],
            input: Data(script.utf8.dropLast())
        )
        #expect(short == 1, "a copy that was cut off does not run")
        #expect(try FileManager.default.contentsOfDirectory(atPath: copies.path).isEmpty)
    }

    @Test(arguments: [
        ("tcp://0.0.0.0:5555", nil, "5555"), ("tcp://[::]:5556", nil, "5556"),
        ("tcp://10.0.0.1:5555", "10.0.0.1", "5555"), ("tcp://[fd77::1]:1", "[fd77::1]", "1"),
    ])
    func `takes a bound address apart`(endpoint: String, host: String?, port: String) {
        let address = BoundAddress(endpoint)
        #expect(address.host == host)
        #expect(address.port == port)
    }
}
