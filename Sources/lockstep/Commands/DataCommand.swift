import ArgumentParser

/// `lockstep data`: what is trained on.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Look at what is trained on.",
        subcommands: [
            DataVerifyCommand.self, DataImportCommand.self, DataPreviewCommand.self,
        ]
    )
}
