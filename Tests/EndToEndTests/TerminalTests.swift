import Foundation
import TestTools
import Testing

/// What a person sees of the program, on a terminal and in a log, and what another program reads.
@Suite(.serialized) struct TerminalTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 320,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
    }

    private func run(_ line: String) throws -> Program.Result {
        try Program.run(line.split(separator: " ").map(String.init), in: folder.url)
    }

    @Test func `says first what begins, and where a run that goes on does`() throws {
        let fresh = try run("train -d data -e 1 -o R -w 2")
        let start = fresh.output.prefix { $0 != "\n" }
        #expect(start.hasPrefix("run    R, 2 workers, 61,706 parameters, "), "\(fresh.output)")
        #expect(start.hasSuffix(" kernels"), "\(fresh.output)")
        let resumed = try run("train -d data -e 2 -o R -w 1 -r")
        let line = resumed.output.prefix { $0 != "\n" }
        #expect(line.hasPrefix("run    R, 1 worker, "), "\(resumed.output)")
        #expect(line.hasSuffix(" kernels, resuming from step 9"), "\(resumed.output)")
    }

    @Test func `takes the short names that other trainers have taught`() throws {
        let short = try run("train -d data -e1 -b 48 --lr 0.002 -s 3 -w 1 -o S -q")
        let long = try run(
            "train --dataset data --epochs 1 --batch-size 48 --learning-rate 0.002 --seed 3 "
                + "--workers 1 --run-dir L --quiet"
        )
        #expect(short.status == 0 && short.digest != nil, "\(short.errors)")
        #expect(short.digest == long.digest)
    }

    @Test func `says nothing but the result where it is to be quiet`() throws {
        let result = try run("train -d data -e 1 -o R --quiet")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let words = result.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(words == ["test", "model", "digest"], "\(result.output)")
    }

    @Test func `says in a log that it waits, and how training goes, again and again`() throws {
        let waiting = try Program(
            ["coordinator", "--bind", "ipc://socket", "-d", "data", "-o", "W"]
                + ["--status-every", "0.02"],
            in: folder.url
        )
        // The first line tells that the wait begins.
        let isRepeated = eventually {
            waiting.errors.split(separator: "\n")
                .count { $0.hasSuffix("waiting for workers: 0 of 1 have joined") } > 2
        }
        #expect(isRepeated, "\(waiting.errors)")
        waiting.signal(SIGTERM)
        _ = waiting.wait()

        let training = try run(
            "train -d data -e 1 -o T -w 1 --simulate-compute 20 --status-every 0.02"
        )
        let line = training.errors.split(separator: "\n").first {
            $0.contains(": epoch 1/1, step ")
        }
        #expect(line?.contains("/9, loss ") == true, "\(training.errors)")
        #expect(line?.hasSuffix(", 1 worker") == true, "\(training.errors)")
        #expect(try !run("train -d data -e 1 -o N --status-every 0").errors.contains("step"))
    }

    @Test func `writes an object a line for programs, also of a mistake`() throws {
        struct Line: Decodable {
            let time: String
            let level: String
            let label: String
            let message: String
        }
        func lines(of result: Program.Result) throws -> [Line] {
            try result.errors.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
        }
        let result = try run("train -d data -e 1 -o R -w 1 --log-level info --log-format json")
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("test loss "), "\(result.output)")
        let log = try lines(of: result)
        #expect(
            log.contains { $0.label == "train" && $0.message.hasPrefix("run R, 1 worker, ") }
        )
        #expect(
            log.contains { $0.label == "train" && $0.message.hasPrefix("epoch 1/1: 9 steps, ") }
        )
        #expect(log.contains { $0.label == "worker" }, "\(result.errors)")
        #expect(try Date(log[0].time, strategy: .iso8601).timeIntervalSinceNow < 0)

        let mistake = try run("train -o R --log-format=json")
        #expect(mistake.status == 1)
        let complaints = try lines(of: mistake)
        #expect(complaints.map(\.level) == ["error"])
        #expect(complaints[0].message.hasPrefix("R: a run was found"))
        #expect(try lines(of: run("train --log-format json --sead 3")).map(\.label) == ["lockstep"])
    }

    @Test func `shows loss and accuracy on a terminal of 40 columns`() throws {
        let terminal = try Program(
            ["train", "-d", "data", "-e", "1", "-o", "R", "-w", "1"],
            in: folder.url,
            environment: ["TERM": "xterm"],
            through: ["sh", "-c", "script -qec \"stty cols 40; $*\" typescript", "sh"]
        ).wait()
        #expect(terminal.status == 0, "\(terminal.output)")
        let rows = terminal.output.unicodeScalars.split { $0 == "\r" || $0 == "\n" }
            .map { String($0).replacing("\u{1B}[K", with: "") }
        let progress = rows.filter { $0.contains("/9 ") }
        #expect(
            progress.contains { $0.contains("acc") && $0.contains("loss") },
            "\(terminal.output)"
        )
        #expect(rows.contains { $0.hasPrefix("  accuracy: 0.") && $0.contains(" - loss: ") })
        for row in rows where !row.hasPrefix("digest ") {
            #expect(row.count <= 40, "\(row)")
        }
    }

    @Test func `tells its version`() throws {
        let short = try run("--version")
        let long = try run("version")
        #expect(short.status == 0 && short.output.hasPrefix("lockstep "))
        #expect(long.output.hasPrefix(short.output), "\(short.output)")
    }

    @Test(arguments: [
        ("trian", "did you mean lockstep train?"), ("eval R", "did you mean lockstep evaluate?"),
        ("fit", "did you mean lockstep train?"), ("keys ad", "did you mean lockstep keys add?"),
        ("bench kernel", "did you mean lockstep bench kernels?"),
        ("help trian", "did you mean lockstep train?"),
        ("colour", "one of train, launch, coordinator, worker, relay, evaluate"),
        ("train --batch 3", "did you mean --batch-size?"),
        ("train --learning_rate 1", "did you mean --learning-rate?"),
        ("train --num-workers 2", "did you mean --workers?"),
        ("train -lr 2", "did you mean --lr?"), ("train -epochs=2", "did you mean --epochs?"),
        ("train -x", "; lockstep train --help lists them"),
        ("train --colour 2", "; lockstep train --help lists them"),
        ("train --input padd", "did you mean pad?"), ("train -w atuo", "did you mean auto?"),
        ("train --log-format jsn", "did you mean json?"),
        ("evaluate R --format jason", "did you mean json?"),
        ("train --resume=3", "--resume: '3' was found where no value was expected"),
        (
            "launch --hosts a -- --lr 3",
            "an option of lockstep worker was expected; lockstep worker"
        ),
        ("train --lr", "--lr: nothing was found where its <value> was expected"),
        ("train one two", "'one', 'two' were found where lockstep train expected no more"),
        ("predict R --test-index a", "'a' was found where a whole number was expected"),
        ("simulate --seeds 3", "such as 0..<1000, was expected"),
        ("train --status-every -1", "0 to 86,400 seconds were expected"),
        ("coordinator --bind tipc://{1000,0,10}", "this kind of address cannot be used"),
    ])
    func `answers a mistake with one sentence that says what was meant`(
        line: String,
        fragment: String
    ) throws {
        let result = try run(line)
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("lockstep: ") && result.errors.hasSuffix("\n"))
        #expect(result.errors.contains(fragment), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }

    @Test func `tells a folder that holds no model from a run's`() throws {
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "empty"),
            withIntermediateDirectories: true
        )
        for command in ["evaluate", "digest", "summary"] {
            let result = try run("\(command) empty")
            #expect(result.status == 1)
            #expect(
                result.errors
                    == "lockstep: empty: a folder without a run was found where a model's "
                    + "file or a run's folder was expected; name one, such as R or "
                    + "R/model.safetensors\n"
            )
        }
        _ = try run("train -d data -e 1 -o R -w 1")
        #expect(try run("summary R").output == run("summary R/model.safetensors").output)
        for part in ["model.safetensors", "checkpoints"] {
            try FileManager.default.removeItem(at: folder.url.appending(path: "R/\(part)"))
        }
        #expect(try run("summary R").errors.contains("R: a run without a model or checkpoint"))
    }
}
