import Checkpoints
import Configuration
import Foundation
import Kernels
import Keys
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
    final class Record: RunObserver, Sendable {
        private let told = Mutex<[Coordinator.Notice]>([])
        private let gone = Mutex<[Position]>([])
        private let foreign = Mutex<[String]>([])

        var notices: [Coordinator.Notice] { told.withLock(\.self) }
        var positionsGoneBackTo: [Position] { gone.withLock(\.self) }
        /// What was dropped, a line each.
        var foreignLines: [String] { foreign.withLock(\.self) }
        /// Counts the steps that are applied, those that a run goes back from too.
        let steps = Counter()

        func runWillStart(endpoint: String) {}
        func stepDidEnd(_ record: StepRecord) { steps.increase() }
        func epochDidEnd(_ record: EpochRecord) {}
        func runDidGoBack(to position: Position) { gone.withLock { $0.append(position) } }
        func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome) {}
        func didNotice(_ notice: Coordinator.Notice) { told.withLock { $0.append(notice) } }
        func workerWasEnrolled(name: String) {}
        func didReceiveForeignBytes(reason: String) { foreign.withLock { $0.append(reason) } }
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
    /// - Parameters:
    ///   - workers: their arithmetic.
    ///   - record: what is told.
    ///   - offersLinks: whether payloads may go through shared memory.
    ///   - admission: whom to let in, encrypted.
    ///   - key: what the workers prove themselves with.
    ///   - visitor: what else comes to the coordinator's address, meanwhile.
    /// - Returns: the result and the parameters.
    func train(
        with workers: [KernelSet],
        _ record: Record,
        offersLinks: Bool = true,
        admission: Admission? = nil,
        key: WorkerKey? = nil,
        visitor: @escaping @Sendable (String) throws -> Void = { _ in }
    ) async throws -> (RunResult, [Float]) {
        let socket = try CoordinatorSocket(
            binding: "tcp://127.0.0.1:*",
            admission: admission,
            offersLinks: offersLinks,
            sliceCountMax: 10
        )
        let service = try CoordinatorService(run, socket: socket, observer: record)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for kernels in workers {
                let worker = try WorkerService(
                    endpoint: service.endpoint,
                    key: key,
                    settings: Worker.Settings(),
                    kernels: kernels,
                    endsWithStandardInput: false,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                group.addTask { try await worker.run() }
            }
            let endpoint = service.endpoint
            group.addTask { try visitor(endpoint) }
            try await service.run()
            try await group.waitForAll()
        }
        guard let result = service.runResult else { throw ServiceEndedWithoutResult() }
        return (result, Array(result.parameters.floats))
    }

    private struct ServiceEndedWithoutResult: Error {}
}
