import Foundation
import TestTools
import Testing

/// What a user gets who makes a mistake: one sentence, the right exit code, and nothing lost.
///
/// Permissions are not among the mistakes, for nothing is forbidden to root.
@Suite(.serialized) struct BadInputTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(trainingCount: 160, testCount: 20, into: url("data"))
    }

    private func url(_ name: String) -> URL { folder.url.appending(path: name) }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url(name).path)
    }

    /// Runs the program and checks its complaint; arguments are separated by spaces, `''` is empty.
    private func check(
        _ line: String,
        status: Int32,
        _ fragments: String...,
        environment: [String: String] = [:]
    ) throws {
        let arguments = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
        let result = try Program.run(arguments, in: folder.url, environment: environment)
        #expect(result.status == status, "\(line): \(result.errors)")
        for fragment in fragments {
            #expect(result.errors.contains(fragment), "\(line): \(result.errors)")
        }
        let lineCount = result.errors.split(separator: "\n").count
        #expect(lineCount == 1 && result.errors.hasPrefix("lockstep: "), "\(result.errors)")
        #expect(result.errors.count <= 301, "\(line): \(result.errors)")
        #expect(!result.errors.contains("Fatal error"), "\(line): \(result.errors)")
        #expect(result.output.isEmpty, "\(line): \(result.output)")
        #expect(!exists("never"), "\(line) made its run's folder")
        #expect(!exists("runs"), "\(line) made a run's folder")
    }

    /// Trains for a moment into `R`.
    private func train() throws {
        let result = try Program.run(
            ["train", "--dataset", "data", "--epochs", "1", "--run-dir", "R"],
            in: folder.url
        )
        try #require(result.status == 0, "\(result.errors)")
    }

    @Test func `refuses mistyped and impossible arguments`() throws {
        try check("trian", status: 2, "trian")
        try check("train --sead 3", status: 2, "'--sead'", "--seed?")
        try check("train extra", status: 2, "'extra'")
        try check("train --log-level loud", status: 2, "loud", "notice")
        try check("train --resume", status: 2, "--run-dir")
        try check("train --run-dir ''", status: 2, "empty path")
        try check("worker", status: 2, "--connect")
        try check("worker --connect tcp://h:1 --reconnect-for 0", status: 2, "31,536,000 seconds")
        try check("digest", status: 2, "<model>")
        try check("predict m", status: 2, "--test-index")
        let bounds = [
            ("--epochs 0", "from 1 to 100,000"), ("--batch-size -3", "-3 where a whole number"),
            ("--batch-size 99999999999999999999", "from 1 to 65,536"), ("--workers 0", "1,024"),
            ("--workers 99999", "1,024"), ("--validation-split 1", "below 1"),
            ("--learning-rate nan", "nan where a number"), ("--learning-rate inf", "1e-30"),
            ("--learning-rate -0.1", "-0.1 where"), ("--seed -1", "-1 where"),
            ("--beta1 1", "below 1"), ("--epsilon 0", "1e-30"), ("--input padd", "pad or resize"),
            ("--dataset ''", "a folder's path"),
        ]
        for (arguments, fragment) in bounds {
            let flag = String(arguments.prefix { $0 != " " })
            try check("train \(arguments) --run-dir never", status: 2, "\(flag): ", fragment)
        }
    }

    @Test func `refuses what variables and files say wrongly`() throws {
        for (name, text, fragment) in [
            ("LOCKSTEP_EPOCHS", "x", "LOCKSTEP_EPOCHS: x where a whole number"),
            ("LOCKSTEP_EPOCH", "3", "did you mean LOCKSTEP_EPOCHS?"),
            ("LOCKSTEP_LOG_LEVEL", "loud", "'loud' where one of trace"),
            ("LOCKSTEP_KERNELS", "abacus", "'abacus'"), ("LOCKSTEP_RUN_DIR", "", "empty path"),
        ] {
            try check("train", status: 2, fragment, environment: [name: text])
        }
        for (text, fragment) in [
            ("batchsize: 3", "a.yaml:1: batchsize: no such setting"),
            ("batchsize: 3", "did you mean batchSize?"),
            ("epochs: 1\nepochs: 2", "epochs: written twice"), ("epochs: [1", "a.yaml:2: "),
            ("epochs: .inf", "a.yaml:1: epochs: .inf where a whole number"),
            ("- epochs", "a list where a mapping of settings was expected"),
        ] {
            try Data((text + "\n").utf8).write(to: url("a.yaml"))
            try check("train --config a.yaml --run-dir never", status: 2, fragment)
        }
        try check("train --config nope.yaml", status: 1, "nope.yaml: No such file")
        try check("train --config data", status: 1, "data: Is a directory")
        try check("train --config /dev/zero", status: 1, "/dev/zero: a pipe or a device")
        try Data(repeating: 0x23, count: 65_537).write(to: url("a.yaml"))
        try check("train --config a.yaml", status: 2, "more than 65536 bytes")
    }

    @Test func `refuses addresses, and those that are taken, before it makes anything`() throws {
        for address in ["''", "127.0.0.1:5555", "tcp://127.0.0.1", "tcp://127.0.0.1:99999"] {
            try check("worker --connect \(address)", status: 2, "tcp://HOST:PORT")
            try check(
                "coordinator --dataset data --run-dir never --bind \(address)",
                status: 2,
                "tcp://HOST:PORT"
            )
        }
        try check("worker --connect inproc://a", status: 2, "kind of address")
        let coordinator = "coordinator --dataset data --run-dir never --bind"
        try check("\(coordinator) inproc://a", status: 2, "kind of address")
        try check(
            "\(coordinator) tcp://192.0.2.1:5555 --insecure",
            status: 1,
            "no network interface"
        )
        try Data("precious".utf8).write(to: url("letter"))
        try check("\(coordinator) ipc://letter", status: 1, "left alone")
        #expect(try String(contentsOf: url("letter"), encoding: .utf8) == "precious")
    }

    @Test func `keeps out of an address and a folder that another process uses`() throws {
        let first = try Program(
            ["coordinator", "--bind", "ipc://socket", "--dataset", "data", "--run-dir", "R"],
            in: folder.url
        )
        try #require(eventually { first.errors.contains("listening") }, "\(first.errors)")
        try check(
            "coordinator --dataset data --run-dir never --bind ipc://socket",
            status: 1,
            "ipc://socket: the address is already in use"
        )
        try check("train --dataset data --run-dir R --resume", status: 1, "another process")
        try check("train --dataset data --run-dir R", status: 1, "a run was found", "--resume")
        #expect(first.isRunning)
        // Before any worker has come.
        first.signal(SIGTERM)
        let result = first.wait()
        #expect(result.status == 143, "\(result.errors)")
        #expect(result.errors.contains("--resume --run-dir R"), "\(result.errors)")
        #expect(!exists("socket"))
    }

    @Test func `refuses a run's folder that is none, or not this run's`() throws {
        try Data().write(to: url("file"))
        let train = "train --dataset data --run-dir"
        try check("\(train) file", status: 1, "file: ", "Not a directory")
        try check("\(train) file/R", status: 1, "Not a directory")
        try check("\(train) never --resume", status: 1, "never: no run was found")
        try check("\(train) never --validation-split 0.9999", status: 1, "leaves none to train on")
        try FileManager.default.createDirectory(at: url("notes"), withIntermediateDirectories: true)
        try Data("precious\n".utf8).write(to: url("notes/metrics.jsonl"))
        try check("\(train) notes", status: 1, "notes: a run was found")
        #expect(
            try String(contentsOf: url("notes/metrics.jsonl"), encoding: .utf8) == "precious\n"
        )
        try self.train()
        try check("\(train) R", status: 1, "a run was found", "--resume")
        let resume = "\(train) R --resume --epochs 2"
        try check("\(resume) --batch-size 64", status: 1, "batchSize 32", "--batch-size")
        try check("train --dataset bundled --run-dir R --resume", status: 1, "same --dataset")
        for name in try FileManager.default.contentsOfDirectory(atPath: url("R/checkpoints").path) {
            try Data("damaged".utf8).write(to: url("R/checkpoints/\(name)"))
        }
        try check(resume, status: 1, "none of 2 checkpoints is valid")
        try FileManager.default.removeItem(at: url("R/checkpoints"))
        try check(resume, status: 1, "a run without a checkpoint")
    }

    @Test func `tells that predict's arguments stand in the wrong order`() throws {
        try GrayPNG.encode([UInt8](repeating: 0, count: 784)).write(to: url("seven.png"))
        try check("predict seven.png model", status: 2, "seven.png is a picture", "model first")
        try check("predict nope.png seven.png", status: 1, "nope.png: ", "No such file")
    }

    @Test func `goes on without the configuration file, by the flags`() throws {
        try train()
        try FileManager.default.removeItem(at: url("R/config.yaml"))
        let result = try Program.run(
            ["train", "--dataset", "data", "--run-dir", "R", "--resume", "--epochs", "2"],
            in: folder.url
        )
        #expect(result.status == 0, "\(result.errors)")
        #expect(exists("R/config.yaml"))
    }
}
