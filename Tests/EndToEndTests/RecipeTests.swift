import Foundation
import TestTools
import Testing

/// Recipes beside the default one, with real processes: exact whatever happens.
@Suite(.serialized) struct RecipeTests {
    private let folder: TemporaryFolder
    private let dataset: URL

    init() throws {
        folder = try TemporaryFolder()
        dataset = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 900, testCount: 100, into: dataset)
    }

    /// All that Adam can have at once, and all that SGD can.
    private static let recipes = [
        """
        --optimizer adamw --weight-decay 0.01 --learning-rate-schedule cosine --warm-up 0.1 \
        --learning-rate-floor 0.0001 --label-smoothing 0.1 --ema-decay 0.99 \
        --augment-shift 2 --augment-rotation 15 --augment-scale 0.1 --augment-shear 0.2
        """,
        """
        --optimizer sgd --momentum 0.9 --nesterov --learning-rate 0.02 --ema-decay 0.9 \
        --learning-rate-schedule stepwise --decay-every 7 --decay-factor 0.8 --warm-up 20 \
        --learning-rate-batch 64
        """,
    ]

    private func train(_ line: String) throws -> Program {
        let words = line.split(separator: " ").map(String.init)
        return try Program(["train", "--dataset", dataset.path] + words, in: folder.url)
    }

    /// The digests of the model and of its moving average.
    private func digests(of program: Program, run: String) throws -> [String] {
        let result = program.wait()
        try #require(result.status == 0, "\(result.errors)")
        let average = try Program.run(["digest", "\(run)/ema.safetensors"], in: folder.url)
        #expect(result.output.contains("EMA test loss"), "\(result.output)")
        return [
            try #require(result.digest, "\(result.output)"),
            average.output.trimmingCharacters(in: .whitespacesAndNewlines),
        ]
    }

    @Test(arguments: recipes)
    func `trains the same model and average with one to four workers and any kernels`(
        recipe: String
    ) throws {
        let epochs = "--epochs 3 \(recipe)"
        let expected = try digests(
            of: train("\(epochs) --workers 1 --run-dir one"),
            run: "one"
        )
        #expect(expected[1].count == 64 && expected[0] != expected[1])
        for count in 2...4 {
            let found = try digests(
                of: train("\(epochs) --workers \(count) --run-dir R\(count)"),
                run: "R\(count)"
            )
            #expect(found == expected, "\(count) workers")
        }
        let words = "train --dataset \(dataset.path) \(epochs) --workers 1 --run-dir A"
        let other = try Program.run(
            words.split(separator: " ").map(String.init),
            in: folder.url,
            environment: ["LOCKSTEP_KERNELS": "avx2"]
        )
        #expect(other.digest == expected[0], "\(other.errors)")
    }

    @Test(arguments: recipes)
    func `goes on in the middle of a schedule after every process was killed`(
        recipe: String
    ) throws {
        let epochs = "--epochs 60 \(recipe)"
        let whole = try digests(of: train("\(epochs) --workers 2 --run-dir W"), run: "W")
        let killed = try train("\(epochs) --workers 2 --checkpoint-every 7 --run-dir K")
        let checkpoints = folder.url.appending(path: "K/checkpoints").path
        let isUnderWay = eventually {
            let names = try? FileManager.default.contentsOfDirectory(atPath: checkpoints)
            return names?.contains { $0.hasPrefix("step-") && $0 > "step-00000100" } == true
        }
        #expect(isUnderWay, "\(killed.errors)")
        killed.signalGroup(SIGKILL)
        #expect(killed.wait().status == -SIGKILL)
        let resumed = try train("\(epochs) --workers 3 --run-dir K --resume")
        #expect(try digests(of: resumed, run: "K") == whole)
    }

    @Test func `says which key of a recipe differs, and what no run can have`() throws {
        let recipe = "--learning-rate-schedule cosine --epochs 2 --workers 1 --run-dir R"
        try #require(train(recipe).wait().status == 0)
        for (line, fragment) in [
            ("--epochs 3", "has epochs 2 where 3 was expected"),
            ("--ema-decay 0.9", "has emaDecay 0.0 where 0.9 was expected"),
            ("--optimizer sgd", "has optimizer adam where sgd was expected"),
            ("--warm-up 1000", "a warm-up of 1000 steps where at most the run's 52 were expected"),
        ] {
            let result = try train("--run-dir R --resume \(line)").wait()
            #expect(result.status != 0 && result.errors.contains(fragment), "\(result.errors)")
        }
    }

    @Test func `draws training images as a sheet`() throws {
        let line = "data preview --dataset \(dataset.path) --augment-shift 3 --rows 3 --output"
        let words = line.split(separator: " ").map(String.init)
        let result = try Program.run(words + ["sheet.png"], in: folder.url)
        #expect(result.status == 0, "\(result.errors)")
        let bytes = try Data(contentsOf: folder.url.appending(path: "sheet.png"))
        #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        // Twelve images of 56 pixels a row, three rows, lines of two between.
        #expect(Array(bytes[16..<24]) == [0, 0, 2, 0xBA, 0, 0, 0, 0xB0])
        let failed = try Program.run(words + ["nowhere/sheet.png"], in: folder.url)
        #expect(failed.status == 1 && failed.errors.hasPrefix("lockstep: nowhere/sheet.png: "))
    }

    @Test func `says what the linear scaling rule did`() throws {
        let result = try train("--epochs 1 --learning-rate-batch 16 --workers 1").wait()
        #expect(result.errors.contains("0.002 for 32 (linear scaling rule)"), "\(result.errors)")
    }
}
