import Foundation
import TestTools
import Testing

/// Where runs are kept and keys are changed, by whole processes.
@Suite(.serialized) struct RunFolderEndToEndTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(trainingCount: 160, testCount: 20, into: url("data"))
    }

    private func url(_ name: String) -> URL { folder.url.appending(path: name) }

    private func names(in name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url(name).path)
    }

    @Test func `gives runs that start at once a folder each`() throws {
        let arguments = ["train", "--dataset", "data", "--epochs", "1", "--workers", "1"]
        let programs = try (0..<4).map { _ in try Program(arguments, in: folder.url) }
        for program in programs {
            let result = program.wait()
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try names(in: "runs").count == 4)
    }

    @Test func `goes on from another folder with a data set that was named from here`() throws {
        let arguments = ["train", "--dataset", "data", "--workers", "1", "--epochs"]
        let first = try Program.run(arguments + ["1", "--run-dir", "R"], in: folder.url)
        try #require(first.status == 0, "\(first.errors)")
        let configuration = url("R/config.yaml")
        let text = try String(contentsOf: configuration, encoding: .utf8)
        #expect(
            text.contains("dataset: \(folder.url.resolvingSymlinksInPath().path)/data\n"),
            "\(text)"
        )
        let elsewhere = try TemporaryFolder()
        func goOn(_ epochCount: Int) throws {
            let result = try Program.run(
                ["train", "--run-dir", url("R").path, "--resume", "--epochs", "\(epochCount)"],
                in: elsewhere.url,
                environment: ["LOCKSTEP_RESUME": "yes"]
            )
            #expect(result.status == 0, "\(result.errors)")
        }
        try goOn(2)
        // As an older version has left it.
        let path = folder.url.resolvingSymlinksInPath().path + "/data"
        try text.replacing("dataset: \(path)", with: "dataset: data")
            .write(to: configuration, atomically: false, encoding: .utf8)
        try goOn(3)
    }

    @Test func `refuses a word that is neither yes nor no`() throws {
        let result = try Program.run(
            ["train", "--dataset", "data", "--run-dir", "R"],
            in: folder.url,
            environment: ["LOCKSTEP_RESUME": "perhaps"]
        )
        #expect(result.status == 2)
        #expect(result.errors.contains("LOCKSTEP_RESUME: 'perhaps' was found where yes or no"))
        #expect(!FileManager.default.fileExists(atPath: url("R").path))
    }

    @Test func `prints its digest and saves the model when its folder has vanished`() throws {
        let arguments = ["train", "--dataset", "data", "--epochs", "400", "--workers", "1"]
        let calm = try Program.run(arguments + ["--run-dir", "C"], in: folder.url)
        let program = try Program(
            arguments + ["--run-dir", "R"],
            in: folder.url,
            environment: ["TMPDIR": folder.path]
        )
        // The first epoch's line comes once every file of the folder is open.
        let isThere = eventually { program.output.contains("epoch 1/") }
        #expect(isThere, "\(program.errors)")
        try FileManager.default.moveItem(at: url("R"), to: url("gone"))
        let result = program.wait()
        #expect(result.status == 1)
        #expect(result.digest == calm.digest, "\(result.errors)")
        let digest = try #require(calm.digest)
        let place = folder.path + "/lockstep-model-\(digest.prefix(16)).safetensors"
        #expect(result.errors.contains("it is in \(place)"), "\(result.errors)")
        let read = try Program.run(["digest", place], in: folder.url)
        #expect(read.output.contains(digest), "\(read.errors)")
    }

    @Test func `keeps every change of the keys by processes that race`() throws {
        let made = try Program.run(["keys", "new", "keys"], in: folder.url)
        try #require(made.status == 0, "\(made.errors)")
        for round in 0..<5 {
            let added = try Program.run(["keys", "add", "keys", "bad-\(round)"], in: folder.url)
            try #require(added.status == 0, "\(added.errors)")
            let changes = [
                ["revoke", "keys", "bad-\(round)"], ["add", "keys", "a-\(round)"],
                ["add", "keys", "b-\(round)"], ["add", "keys", "c-\(round)"],
            ]
            let programs = try changes.map { try Program(["keys"] + $0, in: folder.url) }
            for program in programs {
                let result = program.wait()
                #expect(result.status == 0, "\(result.errors)")
            }
        }
        let list = try Program.run(["keys", "list", "keys"], in: folder.url).output
        let names = list.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        let expected = (0..<5).flatMap { ["a-\($0)", "b-\($0)", "c-\($0)"] }
        #expect(Set(names) == Set(expected + ["worker-1"]))
    }

    @Test func `keeps a key of the environment from its children, and from its own block`() throws {
        let made = try Program.run(["keys", "new", "keys"], in: folder.url)
        try #require(made.status == 0, "\(made.errors)")
        let key = try String(contentsOf: url("keys/worker-1.key"), encoding: .utf8)
        let secret = try #require(key.split(separator: "\n").last?.split(separator: " ").last)
        let program = try Program(
            ["worker", "--connect", "tcp://127.0.0.1:\(freePort())", "--processes", "2"],
            in: folder.url,
            environment: ["LOCKSTEP_WORKER_KEY": key]
        )
        defer {
            program.signalGroup(SIGKILL)
            _ = program.wait()
        }
        func children() -> [Int32] {
            processes(with: ["--exit-on-stdin-eof"], in: folder.url)
        }
        #expect(eventually { children().count == 2 }, "\(program.errors)")
        for process in children() + [program.identifier] {
            let block = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
            #expect(!block.isEmpty)
            #expect(!String(decoding: block, as: UTF8.self).contains(secret), "\(process)")
        }
    }

    @Test func `bounds its sentences whatever it was given`() throws {
        let long = String(repeating: "a", count: 5_000)
        for arguments in [
            ["digest", long], ["train", "--config", long], ["train", "--dataset", long + "/x"],
            ["train", "--run-dir", "R", "--seed", long], ["train", "--\(long)"],
            ["train", "--run-dir", "R", "--trace", long, "--dataset", "data"],
        ] {
            let errors = try Program.run(arguments, in: folder.url).errors
            let sentence = errors.split(separator: "\n").first ?? ""
            #expect(
                (1...300).contains(sentence.unicodeScalars.count),
                "\(arguments[1].prefix(20)): \(errors)"
            )
        }
        let text = "\"\(String(repeating: "b", count: 50_000))\": 1\n"
        try Data(text.utf8).write(to: url("a.yaml"))
        let errors = try Program.run(["train", "--config", "a.yaml"], in: folder.url).errors
        #expect((1...301).contains(errors.unicodeScalars.count), "\(errors)")
    }
}
