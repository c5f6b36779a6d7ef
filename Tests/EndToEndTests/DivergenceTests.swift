import Foundation
import TestTools
import Testing

/// What becomes of numbers that are not finite, in training and in finished models.
@Suite(.serialized) struct DivergenceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let data = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 160, testCount: 20, into: data)
    }

    /// Adam without a memory of its gradients' size: where a gradient becomes zero, the step is
    /// what is left of the mean over 1e-30.
    private static let diverging = [
        "train", "--dataset", "data", "--epochs", "2", "--learning-rate", "1000", "--beta2", "0",
        "--epsilon", "1e-30",
    ]

    private func run(
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> Program.Result {
        try Program.run(arguments, in: folder.url, environment: environment)
    }

    @Test func `training that diverges says so once, stops, and leaves a finite checkpoint`() throws
    {
        let options = ["--run-dir", "R", "--checkpoint-every", "1", "--checkpoints-kept", "1"]
        let result = try run(Self.diverging + options)
        #expect(result.status == 1)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(result.errors)")
        #expect(result.errors.contains("lockstep: step "), "\(result.errors)")
        #expect(result.errors.contains("smaller --learning-rate"), "\(result.errors)")
        let checkpoints = folder.url.appending(path: "R/checkpoints")
        let names = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path)
        #expect(names.count == 1, "\(names)")
        let evaluated = try run(["evaluate", "R/checkpoints/\(names[0])", "--dataset", "data"])
        #expect(evaluated.status == 0, "\(evaluated.errors)")
    }

    @Test func `a run that is to keep going ends, and no command takes its model for a good one`()
        throws
    {
        for (name, options, environment) in [
            ("flag", ["--keep-going"], [:]), ("variable", [], ["LOCKSTEP_KEEP_GOING": "true"]),
        ] {
            let all = Self.diverging + ["--run-dir", name] + options
            let result = try run(all, environment: environment)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            #expect(result.output.contains("test loss nan, test accuracy 0.0000"))
        }
        for command in [
            ["evaluate", "flag/model.safetensors", "--dataset", "data"],
            ["predict", "flag/model.safetensors", "--dataset", "data", "--test-index", "0"],
            ["train", "--dataset", "data", "--initial-model", "flag/model.safetensors"],
        ] {
            let result = try run(command)
            #expect(result.status == 1, "\(command)")
            #expect(result.output.isEmpty, "\(command)")
            #expect(
                result.errors.contains("flag/model.safetensors: conv1.weight holds NaN"),
                "\(result.errors)"
            )
        }
    }

    @Test func `tells a picture in the model's place from a bad model`() throws {
        let picture = GrayPNG.encode([UInt8](repeating: 0, count: 784))
        try picture.write(to: folder.url.appending(path: "seven.png"))
        let result = try run(["predict", "seven.png", "m.safetensors"])
        #expect(result.status == 2)
        #expect(
            result.errors.contains("seven.png is a picture where a model was expected"),
            "\(result.errors)"
        )
    }
}
