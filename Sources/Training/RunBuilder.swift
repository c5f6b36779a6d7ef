import Arithmetic
package import Checkpoints
package import Configuration
import Figures
package import Kernels
package import MNIST
package import Model
import TrainingProtocol

/// Makes what a coordinator starts with: from nothing, from a model, or from a run's newest
/// checkpoint.
package struct RunBuilder {
    /// Why a run cannot start.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// The data set leaves too few images on one side of the split.
        case splitLeavesNothing(imageCount: Int, validationSplit: Double)
        /// The run's newest checkpoint is beyond the end that was asked for.
        case alreadyBeyond(path: String, completedEpochCount: Int, epochCount: Int)
        /// A wrong answer has gone into every checkpoint that is left.
        case allCorrupted(path: String, stepCount: Int)
        /// A checkpoint lacks the figures of its run.
        case foreignCheckpoint(path: String)

        package var description: String {
            switch self {
            case .splitLeavesNothing(let imageCount, let validationSplit):
                "splitting \(imageCount) training images: validationSplit \(validationSplit) leaves none to train "
                    + "on where at least one was expected; choose a smaller split"
            case .alreadyBeyond(let path, let completed, let epochCount):
                "\(path): \(completed) epochs are complete where at most \(epochCount) were asked for; "
                    + "raise --epochs to train on"
            case .allCorrupted(let path, let stepCount):
                "\(path): going back to before a wrong answer: no checkpoint of step \(stepCount) or before was found "
                    + "where one was expected; start afresh in another --run-dir, with more --checkpoints-kept"
            case .foreignCheckpoint(let path):
                "\(path): the checkpoint lacks its run's figures where some were expected; "
                    + "was it written by another program?"
            }
        }
    }

    /// The names and shapes of the parameters, as files have them.
    package static let table = TensorTable(LeNet.tensors.map { (name: $0.name, shape: $0.shape) })

    private let configuration: RunConfiguration
    private var folder: RunFolder
    private let dataset: MNISTDataset
    private let kernels: KernelSet
    let schedule: Schedule
    private var store: CheckpointStore

    /// The settings that must agree when the run goes on.
    private let identity: [String: String]

    /// Gathers what a run is made of.
    ///
    /// - Throws: ``Failure/splitLeavesNothing(imageCount:validationSplit:)``.
    package init(
        configuration: RunConfiguration,
        folder: RunFolder,
        dataset: MNISTDataset,
        kernels: KernelSet
    ) throws(Failure) {
        self.configuration = configuration
        self.folder = folder
        self.dataset = dataset
        self.kernels = kernels
        // As Keras does: the last images, their share rounded up.
        let imageCount = dataset.training.count
        let trainingCount = Int(Double(imageCount) * (1 - configuration.validationSplit))
        guard trainingCount > 0 else {
            throw .splitLeavesNothing(
                imageCount: imageCount,
                validationSplit: configuration.validationSplit
            )
        }
        schedule = Schedule(
            trainingSampleCount: trainingCount,
            validationSampleCount: imageCount - trainingCount,
            testSampleCount: dataset.test.count,
            batchSize: configuration.batchSize,
            epochCount: configuration.epochs
        )
        store = Self.store(in: folder, configuration)
        identity = RunConfiguration.numericKeys(of: configuration).merging([
            "datasetChecksum": dataset.checksum
        ]) {
            $1
        }
    }

    /// Takes the folder that was opened in place of the one that was to be.
    package mutating func move(to folder: RunFolder) {
        self.folder = folder
        store = Self.store(in: folder, configuration)
    }

    private static func store(
        in folder: RunFolder,
        _ configuration: RunConfiguration
    ) -> CheckpointStore {
        CheckpointStore(
            folder: folder.checkpointsPath,
            keepCount: configuration.checkpointsKept,
            table: table
        )
    }

    /// Starts a new run and writes its first checkpoint, so that there is one to go on with from
    /// then on.
    ///
    /// - Parameters:
    ///   - parameters: those to start from; nil draws them from the seed.
    ///   - workerCountMin: workers to wait for.
    /// - Throws: `CheckpointError` when the first checkpoint cannot be written.
    package func fresh(
        from parameters: [Float]?,
        workerCountMin: Int
    ) throws(CheckpointError) -> Run {
        let start = ParameterBuffer.initial(seed: configuration.seed)
        if let parameters { start.copy(parameters) }
        var random = SystemRandomNumberGenerator()
        let run = makeRun(
            run: random.next(),
            position: Position(),
            workerCountMin: workerCountMin,
            optimizer: Optimizer(
                adam: adam,
                kernels: kernels,
                buffers: OptimizerBuffers(parameters: start)
            ),
            totals: EpochTotals(),
            epochs: [],
            distrusted: [],
            soleAnswers: []
        )
        run.submitCheckpoint(
            at: run.position,
            totals: run.epochTotals,
            epochs: [],
            distrusted: [],
            soleAnswers: [],
            isRequired: true
        )
        try run.writer?.finish()
        return run
    }

    /// Goes on from the newest valid checkpoint.
    ///
    /// - Returns: the run, and a warning for each newer checkpoint that was passed over; nil if
    ///   there is no checkpoint.
    /// - Throws: `CheckpointError` when none is valid, `ConfigurationError` when it belongs to
    ///   another configuration, ``Failure`` when it is beyond the end or not of a run.
    package func resumed(
        workerCountMin: Int
    ) throws -> (run: Run, warnings: [String])? {
        guard let found = try store.newestValid() else { return nil }
        return (try run(from: found, workerCountMin: workerCountMin), found.warnings)
    }

    /// Goes on from the newest checkpoint at or before `position`; those after it are void.
    private func wentBack(to position: Position, workerCountMin: Int) throws -> Run {
        let found = try store.goBack { Position(of: $0).isReached(by: position) }
        guard let found else {
            throw Failure.allCorrupted(
                path: folder.path,
                stepCount: position.completedStepCount
            )
        }
        return try run(from: found, workerCountMin: workerCountMin)
    }

    /// The position of the newest checkpoint at or before `position`; nil if none is left.
    private func checkpoint(before position: Position) -> Position? {
        let found = try? store.newest { Position(of: $0).isReached(by: position) }
        return found.map { Position(of: $0.checkpoint.metadata) }
    }

    private func run(
        from found: CheckpointStore.Found,
        workerCountMin: Int
    ) throws -> Run {
        let checkpoint = found.checkpoint
        let metadata = checkpoint.metadata
        if let difference = RunConfiguration.differences(
            from: metadata.configuration,
            to: identity
        ).first {
            throw ConfigurationError.belongsToAnother(
                folder: folder.path,
                key: difference.key,
                found: difference.found,
                expected: difference.expected
            )
        }
        guard let epochs = RunIdentity.epochs(in: metadata), epochs.count == metadata.epoch,
            let soleAnswers = RunIdentity.soleAnswers(in: metadata),
            let number = UInt64(metadata.runID, radix: 16)
        else { throw Failure.foreignCheckpoint(path: found.path) }
        guard metadata.epoch <= schedule.epochCount, metadata.step <= schedule.stepCount else {
            throw Failure.alreadyBeyond(
                path: folder.path,
                completedEpochCount: metadata.epoch,
                epochCount: schedule.epochCount
            )
        }
        return makeRun(
            run: number,
            position: Position(of: metadata),
            workerCountMin: workerCountMin,
            optimizer: optimizer(from: checkpoint),
            totals: metadata.epochTotals,
            epochs: epochs,
            distrusted: RunIdentity.distrusted(in: metadata),
            soleAnswers: soleAnswers
        )
    }

    private var adam: Adam {
        Adam(
            learningRate: Float(configuration.learningRate),
            beta1: Float(configuration.beta1),
            beta2: Float(configuration.beta2),
            epsilon: Float(configuration.epsilon)
        )
    }

    private func optimizer(from checkpoint: Checkpoint) -> Optimizer {
        let buffers = [checkpoint.parameters, checkpoint.firstMoment, checkpoint.secondMoment]
            .map { floats in
                let buffer = ParameterBuffer()
                buffer.copy(floats)
                return buffer
            }
        return Optimizer(
            adam: adam,
            kernels: kernels,
            buffers: OptimizerBuffers(
                parameters: buffers[0],
                firstMoment: buffers[1],
                secondMoment: buffers[2]
            )
        )
    }

    private func makeRun(
        run: UInt64,
        position: Position,
        workerCountMin: Int,
        optimizer: Optimizer,
        totals: EpochTotals,
        epochs: [EpochRecord],
        distrusted: [WorkerID],
        soleAnswers: [SoleAnswers]
    ) -> Run {
        var random = SystemRandomNumberGenerator()
        var settings = Coordinator.Settings(
            stamp: RunStamp(run: run, generation: random.next()),
            schedule: schedule,
            input: InputSettings(
                geometry: configuration.input.rawValue,
                scale: configuration.scale.rawValue
            ),
            workerCountMin: workerCountMin,
            stepsPerCheckpoint: configuration.checkpointEvery
        )
        settings.verification = Verification(
            perMillion: Int((configuration.verify * 1_000_000).rounded())
        )
        settings.distrusted = distrusted
        settings.soleAnswers = soleAnswers
        var made = Run(
            settings: settings,
            position: position,
            feed: SampleFeed(dataset: dataset, schedule: schedule, seed: configuration.seed),
            optimizer: optimizer,
            kernels: kernels,
            writer: CheckpointWriter(store: store, table: Self.table),
            identity: RunIdentity(run: run, seed: configuration.seed, configuration: identity),
            epochTotals: totals,
            epochs: epochs,
            findingCheckpoint: { checkpoint(before: $0) },
            goingBack: { try wentBack(to: $0, workerCountMin: workerCountMin) }
        )
        made.keepsGoing = configuration.keepGoing
        return made
    }
}

extension Position {
    /// How far the run had come that wrote a checkpoint.
    fileprivate init(of metadata: CheckpointMetadata) {
        self.init(completedStepCount: metadata.step, recordedEpochCount: metadata.epoch)
    }
}

extension ParameterBuffer {
    /// Overwrites the buffer with as many floats as it has.
    package func copy(_ floats: [Float]) {
        precondition(floats.count == LeNet.parameterCount, "\(floats.count) floats")
        floats.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
}
