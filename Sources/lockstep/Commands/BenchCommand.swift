import ArgumentParser
import Foundation
import KernelBenchmarks
import Kernels
import MNIST

/// `lockstep bench`: what this machine makes of the program.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure this machine.",
        subcommands: [BenchKernelsCommand.self, BenchTrainingCommand.self]
    )
}

/// `lockstep bench kernels`: every kernel beside the CPU's peak.
struct BenchKernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Check every kernel against naive loops, then time it beside the CPU's peak.",
        discussion: """
            The peak is that of fused multiply-adds on one core, measured in the same run. A hash of each result shows \
            that all instruction sets compute the same bits. LOCKSTEP_KERNELS limits the run to one set.
            """
    )

    @Flag(help: "Repeat little: enough to check results and hashes, not for figures.")
    var short = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let forced = environment["LOCKSTEP_KERNELS"] != nil
        let kernelSets =
            forced ? [try KernelSet.best(environment: environment)] : KernelSet.runnable
        let images = try MNISTDataset.load(directory: nil).training
        let samples = images.withUnsafeSamples { Array($0) }
        try KernelBenchmark.run(kernelSets: kernelSets, samples: samples, short: short) { line in
            print(line)
        }
    }
}
