import ArgumentParser
import Configuration

/// The settings of what is done to images that are trained on as options.
struct AugmentationOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: SettingOptions.help("augmentShift")) var augmentShift:
        String?
    @Option(parsing: .unconditional, help: SettingOptions.help("augmentRotation"))
    var augmentRotation: String?
    @Option(parsing: .unconditional, help: SettingOptions.help("augmentScale")) var augmentScale:
        String?
    @Option(parsing: .unconditional, help: SettingOptions.help("augmentShear")) var augmentShear:
        String?

    /// The texts that were given, by the settings' keys.
    var texts: [String: String?] {
        [
            "augmentShift": augmentShift, "augmentRotation": augmentRotation,
            "augmentScale": augmentScale, "augmentShear": augmentShear,
        ]
    }
}
