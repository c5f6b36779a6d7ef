import ArgumentParser
import Foundation
import Hosting
import Kernels
import MNIST
import TrainingBenchmarks

/// `lockstep bench training`: whole runs, beside a framework.
struct BenchTrainingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract:
            "Time whole training runs, beside PyTorch, Keras, JAX or another build if asked to.",
        discussion: """
            Each figure is the median of several runs of `lockstep train`, data conversion, checkpoints every 100 steps \
            and figures included; a run's second epoch counts. A framework, or another build of Lockstep, is measured in \
            turns with it, at the same global batch size; a ratio of builds is the median of the pairs' ratios.

            EXAMPLES:
              lockstep bench training
              lockstep bench training --batch-sizes 256 --peer pytorch
              lockstep bench training --against other/lockstep
            """
    )

    @Option(
        name: .customLong("batch-sizes"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Samples a step, one or several numbers.", valueName: "samples")
    )
    var batchSizes: [Int] = [32, 256, 1_024]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Worker processes, one or several numbers.", valueName: "count")
    )
    var workers: [Int] = [1, 2]

    @Option(help: ArgumentHelp("Runs for each figure.", valueName: "count"))
    var repeats = 3

    @Option(
        name: .customLong("peer"),
        help: ArgumentHelp("Also measure pytorch, keras or jax.", valueName: "framework")
    )
    var framework: Framework.Kind?

    @Option(
        name: .customLong("peer-python"),
        help: ArgumentHelp(
            "A Python that has the framework (default: one is set up from PyPI in the cache folder).",
            valueName: "path"
        ),
        completion: .file()
    )
    var frameworkPython: String?

    @Option(
        help: ArgumentHelp("Also measure another build's program.", valueName: "path"),
        completion: .file()
    )
    var against: String?

    @Option(
        help: ArgumentHelp(
            "Milliseconds that workers sleep at each shard instead of computing, to measure the coordinator.",
            valueName: "milliseconds"
        )
    )
    var simulateCompute: SimulatedMilliseconds?

    @Flag(help: "Send payloads over TCP, as to workers of other machines.")
    var noSharedMemory = false

    func validate() throws {
        let counts = batchSizes + workers + [repeats]
        guard counts.allSatisfy({ $0 > 0 }), !batchSizes.isEmpty, !workers.isEmpty else {
            throw ValidationError(
                "measuring: \(counts.min() ?? 0) was found where numbers above 0 were expected; choose --batch-sizes, --workers and --repeats of at least 1"
            )
        }
    }

    func run() async throws {
        if let against, !FileManager.default.isExecutableFile(atPath: against) {
            throw ValidationError(
                "measuring: \(against) was found where a program was expected; give --against the path of a built lockstep"
            )
        }
        let executablePath = try Executable.path()
        // At once: a run of minutes may be watched through a pipe.
        let show = { (line: String) in try? StandardOutput.write(line + "\n") }
        show(
            "CPU: \(Processor.name), \(ProcessorCount.ofProcess) processor\(ProcessorCount.ofProcess == 1 ? "" : "s")"
        )
        var measured: Framework?
        if let framework {
            measured = try await Framework(
                framework,
                python: frameworkPython,
                datasetPath: MNISTDataset.packagedDirectory(),
                print: { show($0) }
            )
        }
        let benchmark = TrainingBenchmark(
            executablePath: executablePath,
            settings: .init(
                batchSizes: batchSizes,
                workerCounts: workers,
                repeatCount: repeats,
                simulatedMilliseconds: simulateCompute?.value,
                arguments: noSharedMemory ? ["--no-shared-memory"] : []
            ),
            otherPath: against.map { URL(filePath: $0).path },
            framework: measured
        )
        try await benchmark.run { show($0) }
    }
}

extension Framework.Kind: ExpressibleByArgument {}
