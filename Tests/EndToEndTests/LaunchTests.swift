import Foundation
import TestTools
import Testing

/// `lockstep launch` with an ssh that runs the command on this machine, and a folder for its
/// copies.
@Suite(.serialized) struct LaunchTests {
    private let folder: TemporaryFolder
    private let copies: URL

    init() throws {
        folder = try TemporaryFolder()
        copies = folder.url.appending(path: "copies")
        try FileManager.default.createDirectory(at: copies, withIntermediateDirectories: true)
        try SmallDataset.write(
            trainingCount: 640,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
        try write(
            "ssh",
            """
            #!/bin/sh
            for last; do :; done
            case "$*" in *-o\\ BatchMode=yes*--\\ nobody*) echo "ssh: no route" >&2; exit 255;; esac
            SSH_CONNECTION="127.0.0.1 1 127.0.0.1 22" TMPDIR=\(copies.path) exec sh -c "$last"
            """
        )
    }

    private func write(_ name: String, _ text: String) throws {
        let file = folder.url.appending(path: name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    private func launch(_ arguments: String..., epochs: Int = 2) throws -> Program {
        try Program(
            [
                "launch", "--ssh", folder.url.appending(path: "ssh").path, "--dataset", "data",
                "--epochs", String(epochs), "--bind", "tcp://127.0.0.1:*",
            ] + arguments,
            in: folder.url
        )
    }

    private var leftCount: Int { processes(with: ["worker"], in: folder.url).count }

    private var copyCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: copies.path).count) ?? -1
    }

    private func localDigest() throws -> String {
        let local = ["train", "--dataset", "data", "--epochs", "2", "--run-dir", "local"]
        return try #require(try Program.run(local, in: folder.url).digest)
    }

    @Test func `trains to the digest of a local run and leaves nothing behind`() throws {
        let result = try launch(
            "--hosts",
            "alpha:2,beta:1",
            "--copy",
            "--workers",
            "3",
            "--",
            "--log-level",
            "info"
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.digest == (try localDigest()))
        #expect(result.errors.contains("starting 2 workers on alpha"), "\(result.errors)")
        let joined = result.errors.split(separator: "\n").filter { $0.contains("joined the run") }
        #expect(joined.contains { $0.hasPrefix("alpha: ") }, "\(result.errors)")
        #expect(leftCount == 0)
        #expect(copyCount == 0)
    }

    @Test(arguments: [SIGINT, SIGKILL])
    func `leaves nothing behind when it is stopped`(signal: Int32) throws {
        let program = try launch("--hosts", "alpha:2", "--copy", "--run-dir", "R", epochs: 10_000)
        #expect(eventually { program.output.contains("epoch 1/") }, "\(program.errors)")
        #expect(leftCount > 0)
        #expect(copyCount == 1)
        program.signal(signal)
        #expect(program.wait().status == (signal == SIGINT ? 130 : -SIGKILL))
        #expect(eventually { leftCount == 0 && copyCount == 0 })
    }

    @Test func `names the host that fails and why, and goes on without it`() throws {
        let copy = "\(Program.path)"
        let result = try launch("--hosts", "nobody:1,alpha:1", "--program", copy).wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("\nnobody: ssh: no route\n"), "\(result.errors)")
        #expect(
            result.errors.contains("ssh's exit code 255: ssh: no route; starting another in 1 s")
        )
        #expect(result.digest == (try localDigest()))
    }

    @Test func `ends with one sentence when no host is left`() throws {
        let result = try launch("--hosts", "alpha:1", "--program", "/nowhere/lockstep").wait()
        #expect(result.status == 1)
        let last = try #require(result.errors.split(separator: "\n").last)
        #expect(last.hasPrefix("lockstep: training on one host: none could be kept"), "\(last)")
        #expect(last.contains("along with --copy"), "\(last)")
    }

    @Test(arguments: [
        (["--hosts", "alpha:0"], "1 to 1024 workers"), ([], "add --hosts"),
        (["--hosts", "a", "--copy", "--program", "x"], "leave one out"),
        (["--hosts", "a", "--ssh", " "], "leave it out"),
        (["--hosts", "a", "--bind", "ipc://x"], "tcp://HOST:PORT"),
        (["--hosts", "a", "--address", "tcp://b:1"], "without tcp://"),
        (["--hosts", "a", "--", "--reconnect-fur", "3"], "--reconnect-for"),
        (["--hosts", "a", "--hostfile", "none"], "none: no file"),
    ])
    func `refuses mistakes before anything starts`(arguments: [String], fragment: String) throws {
        let result = try Program.run(
            ["launch", "--run-dir", "never"] + arguments,
            in: folder.url
        )
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains(fragment), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "never").path))
    }

    @Test func `says so when there is no ssh`() throws {
        let result = try Program.run(
            ["launch", "--hosts", "a", "--ssh", "/nowhere/ssh", "--dataset", "data"],
            in: folder.url
        )
        #expect(result.status == 1)
        #expect(result.errors.contains("install openssh-client"), "\(result.errors)")
    }

    @Test func `holds as many workers as one command is told to`() throws {
        let address = "tcp://127.0.0.1:\(try freePort())"
        let workers = try Program(
            ["worker", "--connect", address, "--processes", "2"],
            in: folder.url
        )
        let run = try Program.run(
            [
                "coordinator", "--bind", address, "--workers", "2", "--dataset", "data", "--epochs",
                "2",
            ],
            in: folder.url
        )
        #expect(run.digest == (try localDigest()))
        #expect(workers.wait().status == 0)
        for count in ["0", "-1", "many", "9999"] {
            let result = try Program.run(
                ["worker", "--connect", address, "--processes=\(count)"],
                in: folder.url
            )
            #expect(result.status == 2, "\(count): \(result.errors)")
        }
    }

    @Test func `gives up with its workers once they have looked for long enough`() throws {
        let address = "tcp://127.0.0.1:\(try freePort())"
        let result = try Program.run(
            ["worker", "--connect", address, "--processes", "2", "--reconnect-for", "1"],
            in: folder.url
        )
        #expect(result.status == 1)
        let line = "no coordinator answered for 1 s"
        // Each of the two says so, and then the one that holds them.
        #expect(result.errors.components(separatedBy: line).count == 4, "\(result.errors)")
        #expect(!result.errors.contains("starting another"), "\(result.errors)")
    }
}
