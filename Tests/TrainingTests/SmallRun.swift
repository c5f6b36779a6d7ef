import Checkpoints
import Configuration
import Foundation
import Kernels
import Logging
import MNIST
import Model
import Synchronization
import TestTools
import TrainingProtocol
import ZeroMQ

@testable import Training

/// A run of a few steps over the first images of MNIST, its services in this process.
struct SmallRun {
    /// What the coordinator told.
    final class Record: RunObserver {
        private(set) var notices: [Coordinator.Notice] = []
        private(set) var positionsGoneBackTo: [Position] = []
        /// Counts the steps that are applied, those that a run goes back from too.
        let steps = Counter()

        func runWillStart(endpoint: String) {}
        func stepDidEnd(_ record: StepRecord) { steps.increase() }
        func epochDidEnd(_ record: EpochRecord) {}
        func runDidGoBack(to position: Position) { positionsGoneBackTo.append(position) }
        func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome) {}
        func didNotice(_ notice: Coordinator.Notice) { notices.append(notice) }
        func didReceiveForeignBytes(reason: String) {}
    }

    /// A number that any thread may read.
    final class Counter: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func increase() { number.withLock { $0 += 1 } }
    }

    let kernels: KernelSet
    let folder: TemporaryFolder
    let run: CoordinatedRun

    init(verify: Double = 0, checkpointEvery: Int = 0, workerCountMin: Int = 2) throws {
        kernels = try KernelSet.best(environment: [:])
        folder = try TemporaryFolder()
        let mnist = try MNISTDataset.load(directory: nil)
        let images = LabeledImages(
            samples: mnist.training.withUnsafeSamples {
                Array($0.prefix(Self.imageCount * LabeledImages.sampleSize))
            }
        )
        var configuration = RunConfiguration()
        configuration.verify = verify
        configuration.checkpointEvery = checkpointEvery
        configuration.epochs = 2
        let preparation = try RunPreparation(
            configuration: configuration,
            folder: RunFolder(path: folder.url.path),
            dataset: MNISTDataset(training: images, test: images),
            kernels: kernels
        )
        run = try preparation.fresh(from: nil, workerCountMin: workerCountMin)
    }

    private static let imageCount = 400

    /// Trains with one worker for each set of kernels.
    ///
    /// - Parameter offersLinks: whether payloads may go through shared memory.
    /// - Returns: the result and the parameters.
    func train(
        with workers: [KernelSet],
        _ record: Record,
        offersLinks: Bool = true
    ) async throws -> (RunResult, [Float]) {
        let socket = try CoordinatorSocket(
            binding: "tcp://127.0.0.1:*",
            offersLinks: offersLinks
        )
        let service = try CoordinatorService(run, socket: socket, observer: record)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for kernels in workers {
                let worker = try WorkerService(
                    endpoint: service.endpoint,
                    settings: Worker.Settings(),
                    kernels: kernels,
                    endsWithStandardInput: false,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                group.addTask { try await worker.run() }
            }
            try await service.run()
            try await group.waitForAll()
        }
        guard let result = service.runResult else { throw ServiceEndedWithoutResult() }
        return (result, Array(result.parameters.floats))
    }

    private struct ServiceEndedWithoutResult: Error {}
}
