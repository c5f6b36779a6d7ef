import Foundation
import TestTools
import Testing

/// What people and their shells send to a run.
@Suite(.serialized) struct SignalTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 900,
            testCount: 100,
            into: folder.url.appending(path: "data")
        )
    }

    /// A run that is in its steps, and goes on for hours.
    private func begun() throws -> Program {
        let program = try Program(
            [
                "train", "--dataset", "data", "--epochs", "100000", "--run-dir", "R", "--workers",
                "2",
            ],
            in: folder.url
        )
        #expect(eventually { names("R/checkpoints").count > 1 }, "\(program.errors)")
        return program
    }

    private func names(_ path: String) -> [String] {
        let path = folder.url.appending(path: path).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    @Test func `takes two signals at once for one wish`() throws {
        let program = try begun()
        program.signal(SIGTERM)
        program.signalGroup(SIGTERM)
        program.signal(SIGTERM)
        let result = program.wait()
        #expect(result.status == 128 + SIGTERM)
        #expect(result.errors.contains("--resume"), "\(result.errors)")
    }

    @Test func `ends at SIGQUIT with one line`() throws {
        let program = try begun()
        program.signal(SIGQUIT)
        let result = program.wait()
        #expect(result.status == 128 + SIGQUIT)
        #expect(result.errors.hasSuffix("lockstep: SIGQUIT came: stopped at once\n"))
    }

    @Test func `leaves no frozen worker behind`() throws {
        let program = try begun()
        let words = ["worker", "--exit-on-stdin-eof"]
        let worker = try #require(processes(with: words, in: folder.url).first)
        kill(worker, SIGSTOP)
        program.signal(SIGTERM)
        let result = program.wait()
        #expect(result.status == 128 + SIGTERM)
        #expect(result.errors.contains("--resume"), "\(result.errors)")
        #expect(eventually { processes(with: words, in: folder.url).isEmpty })
    }

    @Test func `has a coordinator without keys outlive the terminal`() throws {
        let program = try Program(
            ["coordinator", "--bind", "tcp://127.0.0.1:*", "--dataset", "data", "--run-dir", "C"],
            in: folder.url
        )
        #expect(eventually { program.errors.contains("listening on") })
        program.signal(SIGHUP)
        program.signal(SIGTERM)
        #expect(program.wait().status == 128 + SIGTERM)
    }

    @Test func `trains on when nobody reads its output any more`() throws {
        let result = try Program(
            ["train", "--dataset", "data", "--epochs", "3", "--run-dir", "P"],
            in: folder.url,
            through: ["sh", "-c", "\"$@\" | true", "sh"]
        ).wait()
        #expect(result.status == 0)
        #expect(names("P").contains("summary.json"), "\(result.errors)")
    }

    @Test func `raises the limit on open files, and says where that does not do`() throws {
        let words = ["train", "--dataset", "data", "--epochs", "1", "--workers", "2"]
        func run(_ limit: String, _ run: String) throws -> Program.Result {
            try Program(
                words + ["--run-dir", run],
                in: folder.url,
                through: ["sh", "-c", "ulimit \(limit) && exec \"$@\"", "sh"]
            ).wait()
        }
        let raised = try run("-Sn 32", "S")
        #expect(raised.status == 0, "\(raised.errors)")
        let refused = try run("-n 32", "H")
        #expect(refused.status == 1)
        // What the process that runs the tests has left open counts too.
        let errors = refused.errors
        #expect(
            errors.hasPrefix("lockstep: starting 2 workers: a limit of 32 open files"),
            "\(errors)"
        )
        #expect(
            errors.hasSuffix("was found where 58 are needed; raise it (ulimit -n)\n"),
            "\(errors)"
        )
        #expect(names("H").isEmpty)
    }

    @Test func `says that there is too little memory, and does not wait`() throws {
        let result = try Program(
            ["train", "--dataset", "data", "--epochs", "1", "--run-dir", "M"],
            in: folder.url,
            through: ["sh", "-c", "ulimit -d 100000 && exec \"$@\"", "sh"]
        ).wait()
        #expect(result.status == 1)
        #expect(result.errors.contains("MB of memory where so much is needed"), "\(result.errors)")
    }
}
