import Foundation
import TestTools
import Testing

/// Runs as a page and as a table, also those that go on.
@Suite(.serialized) struct ReportTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(trainingCount: 320, testCount: 40, into: url("data"))
    }

    private func url(_ name: String) -> URL { folder.url.appending(path: name) }

    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(arguments, in: folder.url)
    }

    private func train(_ name: String, _ more: String...) throws {
        let options = ["--dataset", "data", "--run-dir", "runs/\(name)", "--log-every", "1"]
        let result = try Program.run(["train"] + options + more, in: folder.url)
        try #require(result.status == 0, "\(result.errors)")
    }

    @Test func `shows several runs on one page that needs nothing else`() throws {
        try train("a", "--epochs", "2")
        try train("b & c", "--epochs", "1", "--seed", "7")
        let made = try run("report", "runs/a", "runs/b & c", "--to", "page.html")
        #expect(made.status == 0 && made.output == "page.html\n", "\(made.errors)")
        let page = try String(contentsOf: url("page.html"), encoding: .utf8)
        for part in [
            "2 runs a, b &amp; c", "confusion matrix", "Filters of conv1", "Faults survived",
            "val_accuracy", "learningRate", "data:image/png;base64,", "prefers-color-scheme: dark",
            "name=\"viewport\"",
        ] { #expect(page.contains(part), "\(part)") }
        let digest = try run("digest", "runs/a/model.safetensors").output.dropLast()
        #expect(page.contains("<code>\(digest)</code>"))
        // Nothing is fetched, nothing is run.
        #expect(!page.contains("<script") && !page.contains("http"))
        let sources = page.matches(of: /(?:src|href)="(.{5})/).map(\.1)
        #expect(Set(sources) == ["data:"])
        // A page of ours may be replaced; anything else may not.
        #expect(try run("report", "runs/a", "--to", "page.html").status == 0)
        try Data("mine".utf8).write(to: url("mine.html"))
        let refused = try run("report", "runs/a", "--to", "mine.html")
        #expect(refused.status == 1 && refused.errors.contains("add --force"), "\(refused.errors)")
    }

    @Test func `lists runs and shows one that goes on`() throws {
        try train("done", "--epochs", "1")
        let options = ["--dataset", "data", "--run-dir", "runs/going", "--epochs", "100000"]
        let program = try Program(["train", "--log-every", "1"] + options, in: folder.url)
        defer { program.signalGroup(SIGKILL) }
        let metrics = url("runs/going/metrics.csv")
        #expect(
            eventually {
                (try? String(contentsOf: metrics, encoding: .utf8))?.contains("\nepoch,") == true
            }
        )
        let table = try run("runs").output.split(separator: "\n").map(String.init)
        try #require(table.count == 3, "\(table)")
        #expect(table[0].hasPrefix("run    state     started"))
        #expect(table[1].hasPrefix("done   complete  "), "\(table)")
        #expect(table[2].hasPrefix("going  training  "), "\(table)")
        let page = try run("report", "runs/going", "--to", "going.html")
        #expect(page.status == 0, "\(page.errors)")
        let text = try String(contentsOf: url("going.html"), encoding: .utf8)
        #expect(text.contains("Training goes on"))
        #expect(text.contains("checkpoints/step-"), "what is there stands for the model")
        #expect(program.isRunning)
        program.signal(SIGINT)
        #expect(program.wait().status == 130)
        #expect(try run("runs", "runs/going").output.contains("going  stopped"))
        let listed = try run("runs", "--format", "json").output
        let entries = try #require(
            try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]]
        )
        #expect(entries.compactMap { $0["state"] as? String } == ["complete", "stopped"])
        let figures = try #require(entries[0]["figures"] as? [String: Double])
        #expect(figures["test_accuracy"] != nil && figures["val_loss"] != nil)
    }

    @Test func `tells of a mistake in one sentence`() throws {
        try train("a", "--epochs", "1")
        let cases: [(arguments: [String], status: Int32, sentence: String)] = [
            (["report", "--to", "x.html"], 2, "lockstep report expected <runs>"),
            (["report", "runs/a"], 2, "lockstep report expected --to <file>"),
            (["report", "runs/a", "--to", "x.pdf"], 2, "ends in .pdf where .html was expected"),
            (["report", "runs", "--to", "x.html"], 1, "runs: no run was found"),
            (["report", "gone", "--to", "x.html"], 1, "gone: no run was found"),
            (["report", "runs/a", "--to", "gone/x.html"], 1, "gone/x.html: writing failed"),
            (["runs", "gone"], 1, "gone: no folder was found"),
            (["runs", "data"], 0, "data holds no run"),
        ]
        for (arguments, status, sentence) in cases {
            let result = try Program.run(arguments, in: folder.url)
            #expect(result.status == status, "\(arguments)")
            #expect(result.errors.contains(sentence), "\(arguments): \(result.errors)")
            #expect(result.output.isEmpty)
        }
        // What is damaged is left out, and said.
        try Data("{".utf8).write(to: url("runs/a/summary.json"))
        try FileManager.default.removeItem(at: url("data"))
        #expect(try run("report", "runs/a", "--to", "x.html").status == 0)
        let page = try String(contentsOf: url("x.html"), encoding: .utf8)
        #expect(
            page.contains("is this a run&apos;s summary?")
                || page.contains("is this a run's summary?")
        )
        #expect(page.contains("class=\"note\">"))
    }
}
