import ArgumentParser
import Foundation

/// The program: a command for each thing that it does.
struct Lockstep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockstep",
        abstract:
            "Train LeNet-5 on MNIST across processes, the same bit for bit however many there are.",
        discussion: """
            On one machine, `lockstep train` does it all. On several, `lockstep launch` does, over ssh; or start \
            `lockstep coordinator` on one and `lockstep worker` on each of the others, in any order.

            EXAMPLES:
              lockstep train --epochs 10 --lr 0.0005
              lockstep train --run-dir R --resume
              lockstep launch --hosts alpha:4,beta:2
              lockstep predict R digit.png
            """,
        version: "lockstep \(VersionCommand.version)",
        groupedSubcommands: [
            CommandGroup(
                name: "Train",
                subcommands: [
                    TrainCommand.self, LaunchCommand.self, CoordinatorCommand.self,
                    WorkerCommand.self, RelayCommand.self,
                ]
            ),
            CommandGroup(
                name: "Use a model",
                subcommands: [
                    EvaluateCommand.self, PredictCommand.self, ExportCommand.self,
                    SummaryCommand.self, DigestCommand.self,
                ]
            ),
            CommandGroup(
                name: "Look at runs",
                subcommands: [RunsCommand.self, ReportCommand.self]
            ),
            CommandGroup(name: "Look at data", subcommands: [DataCommand.self]),
            CommandGroup(name: "Protect", subcommands: [KeysCommand.self]),
            CommandGroup(name: "Measure", subcommands: [BenchCommand.self]),
            CommandGroup(name: "Check", subcommands: [SimulateCommand.self, VersionCommand.self]),
        ]
    )
}
