import ArgumentParser
import Foundation
import Hosting
import Logging
import Training

/// `lockstep train`: a whole run on one machine.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train on this machine: a coordinator and worker processes.",
        discussion: """
            The result depends on the settings and the seed alone, not on the number of workers. Ctrl-C, SIGTERM \
            and the end of the terminal stop in good order with a checkpoint; another one after a second stops at once. \
            `--resume` goes on either way.

            \(SettingOptions.sources)

            EXAMPLES:
              lockstep train                          5 epochs, a worker a core
              lockstep train -e 10 -b 64 --lr 0.002   another run
              lockstep train -o R                     one whose folder is R
              lockstep train -o R --resume -e 20      the same, and further
              lockstep train -c Configs/mnist.yaml    settings from a file
            """
    )

    @OptionGroup var settings: SettingOptions

    @OptionGroup var options: RunOptions

    @Option(
        help: ArgumentHelp(
            "Have workers sleep instead of computing, for `lockstep bench`: nothing is learned.",
            valueName: "milliseconds",
            visibility: .hidden
        )
    )
    var simulateCompute: SimulatedMilliseconds?

    func run() async throws {
        Signals.outliveReaders()
        // Local workers are reached through the endpoint below alone: any address will do that
        // other users do not reach.
        let folder = try PrivateSocketFolder(in: FileManager.default.temporaryDirectory.path)
        defer { withExtendedLifetime(folder) {} }
        try await RunSession(
            settings: settings,
            options: options,
            endpoint: folder.endpoint,
            workers: .local(simulatedMilliseconds: simulateCompute?.value),
            logger: options.logging.logger("train", otherwise: .notice)
        ).run()
    }
}
