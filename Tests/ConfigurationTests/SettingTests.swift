import Testing

@testable import Configuration

@Suite struct SettingTests {
    @Test func `has one name in three spellings`() {
        let setting = Setting.of("batchSize")
        #expect(setting.flag == "--batch-size")
        #expect(setting.variable == "LOCKSTEP_BATCH_SIZE")
        #expect(Setting.of("beta1").variable == "LOCKSTEP_BETA1")
    }

    @Test func `says effect, default, unit and bounds in its help`() {
        #expect(
            Setting.of("batchSize").help
                == "Samples of one step; every 16 of them are a shard "
                + "(default: 32 samples; a whole number from 1 to 65,536)."
        )
        #expect(Setting.all.map(\.key).count == 39)
        #expect(Set(Setting.all.map(\.flag)).count == 39)
    }

    @Test(arguments: [
        (
            "batchSize", ["1", "65536", "32"],
            ["0", "65537", "-1", "+5", "032", "0x10", " 32 ", "1_0"]
        ),
        (
            "batchSize", [],
            ["", "32.0", "1e1", "99999999999999999999999", "٣", "true", "null", "~"]
        ),
        ("epochs", ["1", "100000"], ["0", "100001"]),
        ("seed", ["0", "18446744073709551615"], ["-1", "18446744073709551616"]),
        ("workers", ["1", "1024", "auto"], ["0", "1025", "", "Auto"]),
        ("checkpointEvery", ["0", "1000000000"], ["1000000001"]),
        ("checkpointsKept", ["1", "1000"], ["0", "1001"]),
        ("logEvery", ["0", "1"], ["-1"]),
        ("keepGoing", ["true", "false"], ["", "True", "yes", "1", "on"]),
        ("augmentShift", ["0", "2", "28"], ["28.1", "-1", "nan"]),
        ("augmentRotation", ["0", "180"], ["181", "-1"]),
        ("augmentScale", ["0", "0.5"], ["1", "-0.1"]),
        ("augmentShear", ["0", "1"], ["1.1", "-0.1"]),
        ("untilAccuracy", ["0", "0.99", "1", "none"], ["99", "1.01", "-1", "", "nan"]),
        ("earlyStopping", ["1", "100000", "none"], ["0", "100001", "1.5", ""]),
        ("verify", ["0", "0.01", "1"], ["1.01", "-0.1", "nan", "5%"]),
        ("learningRate", ["1000", "1e-30", "0.5", ".5", "1E-3"], ["0", "1000.1", "1e-46", "-1"]),
        ("learningRate", [], ["1e999", "nan", "inf", "infinity", "0x1p3", "1e", "", " 1", "1,5"]),
        ("optimizer", ["adam", "adamw", "sgd"], ["Adam", "", "rmsprop"]),
        ("learningRateSchedule", ["constant", "linear", "cosine", "stepwise"], ["", "cos"]),
        ("learningRateFloor", ["0", "1e-5", "1000"], ["-1", "1001", "nan"]),
        ("decayEvery", ["1", "100000"], ["0", "100001"]),
        ("decayFactor", ["0", "0.5"], ["1", "-0.5"]),
        ("warmUp", ["0", "1", "500", "0.05", "0.0"], ["1.0", "-1", "1e-2", "5%", "01", ""]),
        ("learningRateBatch", ["any", "1", "65536"], ["0", "65537", "32.0", ""]),
        ("momentum", ["0", "0.9"], ["1", "-0.1"]),
        ("nesterov", ["true", "false"], ["yes", ""]),
        ("weightDecay", ["0", "0.01", "1000"], ["-0.1", "1001", "inf"]),
        ("labelSmoothing", ["0", "0.1"], ["1", "-0.1"]),
        ("emaDecay", ["0", "0.999"], ["1", "-0.1"]),
        ("beta1", ["0", "0.9", "-0"], ["1", "0.99999999999", "-0.1", "nan"]),
        ("beta2", ["0", "0.999"], ["1", "1.5"]),
        ("validationSplit", ["0", "0.5"], ["1", "-0.1", "10%"]),
        ("epsilon", ["1e-7", "1000"], ["0", "1e-999", "1001"]),
        ("input", ["pad", "resize"], ["Pad", "", "none"]),
        ("scale", ["unit", "none"], ["255", "raw"]),
        ("dataset", ["bundled", "/a b", "ü"], ["", "a\0b", "\u{FEFF}a"]),
    ])
    func `accepts what lies within its bounds alone`(
        key: String,
        accepted: [String],
        refused: [String]
    ) {
        let setting = Setting.of(key)
        for text in accepted {
            var configuration = RunConfiguration()
            #expect(setting.read(text, into: &configuration), "\(key) refused \(text)")
        }
        for text in refused {
            var configuration = RunConfiguration()
            #expect(!setting.read(text, into: &configuration), "\(key) accepted \(text)")
            #expect(configuration == RunConfiguration(), "\(key) changed by \(text)")
        }
    }
}
