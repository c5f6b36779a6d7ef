import Checkpoints
import Configuration
import Figures
import Foundation
import Hosting
import Kernels
import Keys
import Logging
import MNIST
import Model
import NetworkTransport
import Synchronization
import TestTools
import TrainingDriver
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
        private let port = Mutex<Int?>(nil)
        private let names = Mutex<[WorkerID: String]>([:])
        private let links = Mutex<[WorkerID]>([])
        /// What the workers said.
        let log = Log()

        var notices: [Coordinator.Notice] { told.withLock(\.self) }
        var positionsGoneBackTo: [Position] { gone.withLock(\.self) }
        /// Where payloads go sealed; nil for nowhere, or before the start.
        var payloadPort: Int? { port.withLock(\.self) }
        /// Whose payloads went sealed, in the order that their links opened.
        var openedLinks: [WorkerID] { links.withLock(\.self) }
        /// What people are to call the workers.
        var workerNames: [WorkerID: String] { names.withLock(\.self) }
        /// What was dropped, a line each.
        var foreignLines: [String] { foreign.withLock(\.self) }
        /// Counts the steps that are applied, those that a run goes back from too.
        let steps = Counter()

        func runWillStart(endpoint: String, payloadPort: Int?) {
            port.withLock { $0 = payloadPort }
        }
        func stepDidEnd(_ record: StepRecord) { steps.increase() }
        func epochDidEnd(_ record: EpochRecord) {}
        func epochDidLeave(_ end: EpochEnd) {}
        func runDidGoBack(to position: Position) { gone.withLock { $0.append(position) } }
        func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome) {}
        func didNotice(_ notice: Coordinator.Notice) { told.withLock { $0.append(notice) } }
        func sealedLinkDidOpen(to worker: WorkerID) { links.withLock { $0.append(worker) } }
        func workerWillJoin(_ worker: WorkerID, name: String) {
            names.withLock { $0[worker] = name }
        }
        func workerWasEnrolled(name: String) {}
        func didReceiveForeignBytes(reason: String, isKnock: Bool) {
            foreign.withLock { $0.append(reason) }
        }
    }

    /// Keeps lines from any thread.
    final class Log: Sendable {
        private let kept = Mutex<[String]>([])
        var lines: [String] { kept.withLock(\.self) }
        var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

        private struct Handler: LogHandler {
            let log: Log
            var metadata = Logger.Metadata()
            var logLevel = Logger.Level.trace
            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }
            func log(event: LogEvent) { log.kept.withLock { $0.append("\(event.message)") } }
        }
    }

    /// A number that any thread may read.
    final class Counter: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func increase() { number.withLock { $0 += 1 } }
    }

    let kernels: KernelSet
    let folder: TemporaryFolder
    var run: Run

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
        configuration.checkpoints.stepInterval = checkpointEvery
        configuration.epochs = 2
        let builder = try RunBuilder(
            configuration: configuration,
            folder: RunFolder(path: folder.url.path),
            dataset: MNISTDataset(training: images, test: images),
            kernels: kernels
        )
        run = try builder.fresh(from: nil, workerCountMin: workerCountMin)
    }

    private static let imageCount = 400

    /// Trains with one worker for each set of kernels.
    ///
    /// - Parameters:
    ///   - workers: their arithmetic.
    ///   - record: what is told.
    ///   - offersLinks: whether payloads may go through shared memory.
    ///   - payloadPort: where payloads go sealed, if that is encrypted.
    ///   - admission: whom to let in, encrypted.
    ///   - key: what the workers prove themselves with.
    ///   - detour: the address that workers connect to, from the coordinator's and its port for
    ///     payloads.
    ///   - delay: how long the coordinator does nothing at first.
    ///   - visitor: what else comes to the coordinator's address, meanwhile.
    /// - Returns: the result and the parameters.
    func train(
        with workers: [KernelSet],
        _ record: Record,
        offersLinks: Bool = true,
        payloadPort: PayloadPort = .automatic,
        admission: Admission? = nil,
        key: WorkerKey? = nil,
        detour: (String, Int?) throws -> String = { endpoint, _ in endpoint },
        delay: Duration = .zero,
        visitor: @escaping @Sendable (String) throws -> Void = { _ in }
    ) async throws -> (RunResult, [Float]) {
        let bound = try BoundTransport(
            binding: "tcp://127.0.0.1:*",
            admission: admission,
            offersLinks: offersLinks,
            payloadPort: payloadPort
        )
        let service = try CoordinatorService(
            run,
            over: bound,
            sliceCountMax: 10,
            observer: record,
            supervision: Supervision()
        )
        let address = try detour(service.endpoint, bound.payloadPort)
        try await withTaskExecutorPreference(PromptExecutor.shared) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // With the others, so that what fails in one of them ends it too.
                group.addTask {
                    try await Task.sleep(for: delay)
                    try await service.run()
                }
                for kernels in workers {
                    let worker = try WorkerService(
                        endpoint: address,
                        key: key,
                        settings: Worker.Settings(),
                        kernels: kernels,
                        endsWithStandardInput: false,
                        supervision: Supervision(),
                        logger: record.log.logger
                    )
                    group.addTask { try await worker.run() }
                }
                let endpoint = service.endpoint
                // Visitors wait for others, which must not be kept waiting for a thread by that.
                group.addTask { try await onOwnThread(named: "visitor") { try visitor(endpoint) } }
                group.addTask {
                    try await Task.sleep(for: Self.patience)
                    throw TrainsForEver(notices: record.notices, lines: record.log.lines)
                }
                for _ in 0..<workers.count + 2 { try await group.next() }
                group.cancelAll()
            }
        }
        guard let result = service.runResult else { throw ServiceEndedWithoutResult() }
        // A checkpoint still being written when the process ends would be sealed by a library that
        // has cleaned up.
        try? result.writer.finish()
        return (result, Array(result.parameters.floats))
    }

    private struct ServiceEndedWithoutResult: Error {}

    /// A run that has not ended by far: what was said until then.
    private struct TrainsForEver: Error {
        let notices: [Coordinator.Notice]
        let lines: [String]
    }

    /// How long a run may take that takes seconds, on a machine with much else to do.
    private static let patience = Duration.seconds(180 * Sanitizer.patience)
}
