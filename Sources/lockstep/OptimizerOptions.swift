import ArgumentParser
import Configuration

/// The settings of the optimizer and of how its learning rate changes, as options.
struct OptimizerOptions: ParsableArguments {
    @Option(help: SettingOptions.help("optimizer")) var optimizer: String?
    @Option(name: .customLong("beta1"), parsing: .unconditional, help: SettingOptions.help("beta1"))
    var beta1: String?
    @Option(name: .customLong("beta2"), parsing: .unconditional, help: SettingOptions.help("beta2"))
    var beta2: String?
    @Option(parsing: .unconditional, help: SettingOptions.help("epsilon")) var epsilon: String?
    @Option(help: SettingOptions.help("learningRateSchedule")) var learningRateSchedule: String?
    @Option(parsing: .unconditional, help: SettingOptions.help("learningRateFloor"))
    var learningRateFloor: String?
    @Option(parsing: .unconditional, help: SettingOptions.help("decayEvery")) var decayEvery:
        String?
    @Option(parsing: .unconditional, help: SettingOptions.help("decayFactor")) var decayFactor:
        String?
    @Option(parsing: .unconditional, help: SettingOptions.help("warmUp")) var warmUp: String?
    @Option(parsing: .unconditional, help: SettingOptions.help("learningRateBatch"))
    var learningRateBatch: String?
    @Option(parsing: .unconditional, help: SettingOptions.help("momentum")) var momentum: String?
    @Option(parsing: .unconditional, help: SettingOptions.help("weightDecay")) var weightDecay:
        String?
    @Option(parsing: .unconditional, help: SettingOptions.help("labelSmoothing"))
    var labelSmoothing: String?
    @Option(parsing: .unconditional, help: SettingOptions.help("emaDecay")) var emaDecay: String?
    @Flag(help: SettingOptions.help("nesterov")) var nesterov = false

    /// The texts that were given, by the settings' keys.
    var texts: [String: String?] {
        [
            "optimizer": optimizer, "beta1": beta1, "beta2": beta2, "epsilon": epsilon,
            "learningRateSchedule": learningRateSchedule, "learningRateFloor": learningRateFloor,
            "decayEvery": decayEvery, "decayFactor": decayFactor, "warmUp": warmUp,
            "learningRateBatch": learningRateBatch, "momentum": momentum,
            "weightDecay": weightDecay, "labelSmoothing": labelSmoothing, "emaDecay": emaDecay,
            "nesterov": nesterov ? "true" : nil,
        ]
    }
}
