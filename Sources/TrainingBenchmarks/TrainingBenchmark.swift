import Foundation
import JSON
internal import Reporting

/// Measures whole training runs: the very processes and files that `lockstep train` has, over real
/// data.
///
/// Each measurement is a run of its own in a temporary folder, checkpoints and figures included;
/// its first epoch warms up, its second one counts. A framework, or another build, beside it is
/// measured in turns, so that a machine that slows down slows both.
package struct TrainingBenchmark: Sendable {
    /// What is measured.
    package struct Settings: Sendable {
        /// Samples a step, all workers together.
        package var batchSizes: [Int]
        /// Worker processes.
        package var workerCounts: [Int]
        /// Runs for each of these.
        package var repeatCount: Int
        /// A sleep of this number of milliseconds in the place of each shard's arithmetic; nil for
        /// real work.
        package var simulatedMilliseconds: Double?
        /// Further arguments of `lockstep train`.
        package var arguments: [String]

        /// Describes measurements.
        package init(
            batchSizes: [Int],
            workerCounts: [Int],
            repeatCount: Int,
            simulatedMilliseconds: Double?,
            arguments: [String]
        ) {
            self.batchSizes = batchSizes
            self.workerCounts = workerCounts
            self.repeatCount = repeatCount
            self.simulatedMilliseconds = simulatedMilliseconds
            self.arguments = arguments
        }
    }

    private let executablePath: String
    private let settings: Settings
    private let otherPath: String?
    private let framework: Framework?

    /// Will measure `executablePath`, the `lockstep` program, beside that of another build, and
    /// beside a framework, if there are such.
    package init(
        executablePath: String,
        settings: Settings,
        otherPath: String?,
        framework: Framework?
    ) {
        self.executablePath = executablePath
        self.settings = settings
        self.otherPath = otherPath
        self.framework = framework
    }

    /// Measures, and prints line by line.
    ///
    /// - Throws: ``BenchmarkFailure`` when a run fails.
    package func run(print: (String) -> Void) async throws {
        var slope: [(workerCount: Int, measurement: TrainingMeasurement)] = []
        for batchSize in settings.batchSizes {
            var single: Double?
            for workerCount in settings.workerCounts {
                let (pairs, peers) = try await measure(batchSize, workerCount)
                let own = pairs.map(\.own).sorted { $0.samplesPerSecond < $1.samplesPerSecond }
                let table = TrainingTable(
                    own: own,
                    comparison: BuildComparison(pairs),
                    peers: peers,
                    framework: framework
                )
                if workerCount == 1 { single = table.samplesPerSecond }
                print(table.title(batchSize, workerCount, single: single))
                table.lines().forEach(print)
                slope.append((workerCount, own[own.count / 2]))
            }
        }
        if settings.simulatedMilliseconds != nil { CoordinatorCost(slope).lines().forEach(print) }
    }

    private func measure(
        _ batchSize: Int,
        _ workerCount: Int
    ) async throws -> (pairs: [MeasuredPair], peers: [Double]) {
        var pairs: [MeasuredPair] = []
        var peers: [Double] = []
        for index in 0..<settings.repeatCount {
            pairs.append(
                try await measurePair(batchSize, workerCount, isOtherFirst: index % 2 == 1)
            )
            guard let framework else { continue }
            peers.append(
                try await framework.samplesPerSecond(
                    batchSize: batchSize,
                    processCount: workerCount
                )
            )
        }
        return (pairs, peers.sorted())
    }

    /// Measures this build and the other one, which goes first every other time.
    private func measurePair(
        _ batchSize: Int,
        _ workerCount: Int,
        isOtherFirst: Bool
    ) async throws -> MeasuredPair {
        guard let otherPath else {
            let own = try await train(executablePath, batchSize, workerCount)
            return MeasuredPair(own: own, other: nil)
        }
        let first = isOtherFirst ? try await train(otherPath, batchSize, workerCount) : nil
        let own = try await train(executablePath, batchSize, workerCount)
        if let first { return MeasuredPair(own: own, other: first) }
        return MeasuredPair(own: own, other: try await train(otherPath, batchSize, workerCount))
    }

    /// The library that counts what a thread allocates, beside the program where it was built; nil
    /// elsewhere.
    private func allocationCounter(_ executablePath: String) -> String? {
        let path = URL(filePath: executablePath).deletingLastPathComponent()
            .appending(path: "libAllocationCount.so").path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    private func train(
        _ executablePath: String,
        _ batchSize: Int,
        _ workerCount: Int
    ) async throws -> TrainingMeasurement {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "lockstep-bench-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var arguments = [
            "train", "--run-dir", folder, "--epochs", "2", "--checkpoint-every", "100",
            "--batch-size", "\(batchSize)", "--workers", "\(workerCount)",
        ]
        if let simulatedMilliseconds = settings.simulatedMilliseconds {
            arguments += ["--simulate-compute", "\(simulatedMilliseconds)"]
        }
        let before = ChildProcess.processorSeconds
        try await ChildProcess.run(
            executablePath,
            arguments + settings.arguments,
            preloading: allocationCounter(executablePath)
        )
        let processorSeconds = ChildProcess.processorSeconds - before
        let path = "\(folder)/\(RunSummary.fileName)"
        let summary = try StrictJSON(parsing: [UInt8](Data(contentsOf: URL(filePath: path)))[...])
        guard
            let measurement = TrainingMeasurement(
                summary: summary,
                processorSeconds: processorSeconds
            )
        else { throw BenchmarkFailure.summaryIncomplete(path: path) }
        return measurement
    }
}
