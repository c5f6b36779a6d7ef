import Model
import Testing

@testable import Configuration

@Suite struct ConfigurationTextTests {
    /// A configuration drawn from every setting's range.
    private func drawn(by random: inout some RandomNumberGenerator) -> RunConfiguration {
        let letters = Array("ab/ .#:-'\"\\*&[]{}~!|>%@`,?\t\n\r\u{1}\u{85}\u{2028}\u{FEFF}é😀")
        var configuration = RunConfiguration()
        let path = String(
            (0..<Int.random(in: 1...12, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? "a"
            }
        )
        configuration.dataset = path.first == "\u{FEFF}" ? nil : path
        configuration.input.geometry = Bool.random(using: &random) ? .pad : .resize
        configuration.input.scale = Bool.random(using: &random) ? .unit : .none
        configuration.data.validationSplit = Double.random(in: 0..<0.99, using: &random)
        configuration.batchSize = Int.random(in: 1...65_536, using: &random)
        configuration.epochs = Int.random(in: 1...100_000, using: &random)
        configuration.optimizer.learningRate = Double.random(in: 1e-9...1, using: &random)
        configuration.optimizer.beta1 = Double.random(in: 0..<0.99, using: &random)
        configuration.optimizer.beta2 = Double.random(in: 0..<0.99, using: &random)
        configuration.optimizer.epsilon = Double.random(in: 1e-12...1e-3, using: &random)
        configuration.seed = UInt64.random(in: 0...UInt64.max, using: &random)
        configuration.workers = Bool.random(using: &random) ? nil : 1_024
        configuration.checkpoints.stepInterval = Int.random(in: 0...1_000_000_000, using: &random)
        configuration.checkpoints.keptCount = Int.random(in: 1...1_000, using: &random)
        configuration.verify = Double.random(in: 0...1, using: &random)
        configuration.logEvery = Int.random(in: 0...1_000_000_000, using: &random)
        configuration.stopping.keepsGoing = Bool.random(using: &random)
        configuration.stopping.untilAccuracy = Bool.random(using: &random) ? 0.99 : nil
        configuration.stopping.patience = Bool.random(using: &random) ? 3 : nil
        configuration.optimizer.emaDecay = Double.random(in: 0...0.999, using: &random)
        configuration.optimizer.labelSmoothing = Double.random(in: 0...0.9, using: &random)
        configuration.optimizer.schedule.warmUp =
            Bool.random(using: &random) ? .steps(7) : .share(0.125)
        configuration.optimizer.schedule.batchSize = Bool.random(using: &random) ? 64 : nil
        configuration.data.classNames =
            Bool.random(using: &random) ? nil : ["T-shirt/top", "# b: \"c\""]
        configuration.data.isTransposed = Bool.random(using: &random)
        return configuration
    }

    /// SplitMix64, so that a failure names the seed that repeats it.
    private struct Draws: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test func `reads back every configuration it writes`() throws {
        for seed in UInt64(1)...300 {
            var random = Draws(state: seed)
            let configuration = drawn(by: &random)
            let text = RunConfiguration.yamlText(of: configuration)
            let read = try RunConfiguration.resolve(
                commandLine: [:],
                environment: [:],
                yaml: (text, "config.yaml")
            )
            #expect(read == configuration, "seed \(seed): \(text)")
        }
    }

    @Test func `writes every key`() {
        let text = RunConfiguration.yamlText(of: RunConfiguration())
        #expect(
            text.hasPrefix(
                "dataset: bundled\nclasses: auto\nclassNames: auto\nfirstLabel: auto\ntranspose: false\ninput: pad\nscale: unit\nvalidationSplit: 0.1\n"
            )
        )
        for setting in Setting.all { #expect(text.contains("\(setting.key): ")) }
    }

    @Test func `names the settings that decide the model in canonical text`() throws {
        let other = try RunConfiguration.resolve(
            commandLine: ["learningRate": "1e-3", "epochs": "9", "workers": "3", "logEvery": "1"],
            environment: [:],
            yaml: nil
        )
        let keys = RunConfiguration.numericKeys(of: other)
        #expect(keys == RunConfiguration.numericKeys(of: RunConfiguration()))
        #expect(keys["learningRate"] == "0.001")
        #expect(
            keys.keys.sorted() == [
                "augmentRotation", "augmentScale", "augmentShear", "augmentShift", "batchSize",
                "beta1", "beta2", "classNames", "classes", "decayEvery", "decayFactor", "emaDecay",
                "epsilon",
                "firstLabel", "input", "labelSmoothing", "learningRate", "learningRateBatch",
                "learningRateFloor", "learningRateSchedule", "momentum", "nesterov", "optimizer",
                "scale", "seed", "transpose", "validationSplit", "warmUp", "weightDecay",
            ]
        )
    }

    @Test func `counts the epochs among them where the learning rate depends on them`() {
        var (line, share, steps) = (RunConfiguration(), RunConfiguration(), RunConfiguration())
        line.optimizer.schedule.decay = .linear
        share.optimizer.schedule.warmUp = .share(0.1)
        steps.optimizer.schedule.warmUp = .steps(10)
        steps.optimizer.schedule.decay = .stepwise
        #expect(RunConfiguration.numericKeys(of: line)["epochs"] == "5")
        #expect(RunConfiguration.numericKeys(of: share)["epochs"] == "5")
        #expect(RunConfiguration.numericKeys(of: steps)["epochs"] == nil)
        var longer = line
        longer.epochs = 6
        func differences(_ left: RunConfiguration, _ right: RunConfiguration) -> [String] {
            RunConfiguration.differences(
                from: RunConfiguration.numericKeys(of: left),
                to: RunConfiguration.numericKeys(of: right)
            ).map(\.key)
        }
        #expect(differences(line, longer) == ["epochs"])
        #expect(differences(RunConfiguration(), longer) == ["learningRateSchedule"])
    }

    @Test func `takes a setting that a folder does not know for its default`() {
        var wanted = RunConfiguration()
        var folder = RunConfiguration.numericKeys(of: wanted)
        folder["momentum"] = nil
        folder["optimizer"] = nil
        func differences() -> [SettingDifference] {
            RunConfiguration.differences(
                from: folder,
                to: RunConfiguration.numericKeys(of: wanted)
            )
        }
        #expect(differences() == [])
        wanted.optimizer.method = .sgd
        #expect(
            differences() == [
                SettingDifference(key: "optimizer", found: "adam", expected: "sgd")
            ]
        )
    }

    @Test func `says which key of a run folder differs`() {
        var other = RunConfiguration()
        (other.batchSize, other.seed) = (128, 2)
        let folder = RunConfiguration.numericKeys(of: other)
        let wanted = RunConfiguration.numericKeys(of: RunConfiguration())
        let differences = RunConfiguration.differences(from: folder, to: wanted)
        #expect(differences.map(\.key) == ["batchSize", "seed"])
        #expect(
            differences.first == SettingDifference(key: "batchSize", found: "128", expected: "32")
        )
        #expect(
            RunConfiguration.differences(from: [:], to: ["data": "ab"])
                == [SettingDifference(key: "data", found: "nothing", expected: "ab")]
        )
        let error = ConfigurationError.belongsToAnother(
            folder: "runs/a",
            key: "batchSize",
            found: "128",
            expected: "32"
        )
        #expect(
            "\(error)" == "runs/a: this run folder has batchSize 128 where 32 was expected; "
                + "resume with the same --batch-size, or choose another --run-dir"
        )
    }
}
