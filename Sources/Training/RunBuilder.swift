import Arithmetic
package import Checkpoints
package import Configuration
import Figures
package import Kernels
package import MNIST
package import Model
import TrainingDriver
import TrainingProtocol

/// Makes what a coordinator starts with: from nothing, from a model, or from a run's newest
/// checkpoint.
package struct RunBuilder {
    /// Why a run cannot start.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// The data set leaves too few images on one side of the split.
        case splitLeavesNothing(imageCount: Int, validationSplit: Double)
        /// The warm-up is longer than the whole run.
        case warmUpTooLong(warmUpStepCount: Int, stepCount: Int)
        /// The run's newest checkpoint is beyond the end that was asked for.
        case alreadyBeyond(path: String, completedEpochCount: Int, epochCount: Int)
        /// A checkpoint lacks the figures of its run.
        case foreignCheckpoint(path: String)

        package var description: String {
            switch self {
            case .splitLeavesNothing(let imageCount, let validationSplit):
                "splitting \(imageCount) training images: validationSplit \(validationSplit) leaves none to train "
                    + "on where at least one was expected; choose a smaller split"
            case .warmUpTooLong(let warmUpStepCount, let stepCount):
                "planning the run: a warm-up of \(warmUpStepCount) steps where at most the run's \(stepCount) were expected; "
                    + "lower --warm-up, or raise --epochs"
            case .alreadyBeyond(let path, let completed, let epochCount):
                "\(path): \(completed) epochs are complete where at most \(epochCount) were asked for; "
                    + "raise --epochs to train on"
            case .foreignCheckpoint(let path):
                "\(path): the checkpoint lacks its run's figures where some were expected; "
                    + "was it written by another program?"
            }
        }
    }

    /// The names and shapes of a network's parameters, as files have them.
    package static func table(of network: LeNet) -> TensorTable {
        TensorTable(network.tensors.map { (name: $0.name, shape: $0.shape) })
    }

    /// The same of the network whose parameters a file holds, by the size of its last layer.
    package static func table(of shapes: TensorShapes) -> TensorTable {
        let count = shapes["fc3.bias"]?.first ?? LeNet.digits.classCount
        let isNetwork = LeNet.classCounts.contains(count)
        return table(of: isNetwork ? LeNet(classCount: count) : .digits)
    }

    private let configuration: RunConfiguration
    private var folder: RunFolder
    private let dataset: MNISTDataset
    private let kernels: KernelSet
    private let network: LeNet
    let schedule: Schedule
    private let rule: OptimizerRule
    private var store: CheckpointStore

    /// The settings that must agree when the run goes on.
    private let identity: [String: String]

    /// Gathers what a run is made of.
    ///
    /// - Throws: ``Failure/splitLeavesNothing(imageCount:validationSplit:)``,
    ///   ``Failure/warmUpTooLong(warmUpStepCount:stepCount:)``.
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
        network = LeNet(classCount: dataset.classes.count)
        // As Keras does: the last images, their share rounded up.
        let imageCount = dataset.training.count
        let trainingCount = Int(Double(imageCount) * (1 - configuration.data.validationSplit))
        guard trainingCount > 0 else {
            throw .splitLeavesNothing(
                imageCount: imageCount,
                validationSplit: configuration.data.validationSplit
            )
        }
        schedule = Schedule(
            trainingSampleCount: trainingCount,
            validationSampleCount: imageCount - trainingCount,
            testSampleCount: dataset.test.count,
            batchSize: configuration.batchSize,
            epochCount: configuration.epochs
        )
        rule = OptimizerRule(configuration, schedule)
        guard rule.learningRate.warmUpStepCount <= schedule.stepCount else {
            throw .warmUpTooLong(
                warmUpStepCount: rule.learningRate.warmUpStepCount,
                stepCount: schedule.stepCount
            )
        }
        store = Self.store(in: folder, configuration, network)
        identity = RunConfiguration.numericKeys(of: configuration).merging([
            "datasetChecksum": dataset.checksum
        ]) {
            $1
        }
    }

    /// Takes the folder that was opened in place of the one that was to be.
    package mutating func move(to folder: RunFolder) {
        self.folder = folder
        store = Self.store(in: folder, configuration, network)
    }

    private static func store(
        in folder: RunFolder,
        _ configuration: RunConfiguration,
        _ network: LeNet
    ) -> CheckpointStore {
        CheckpointStore(
            folder: folder.checkpointsPath,
            keepCount: configuration.checkpoints.keptCount,
            table: table(of: network),
            reads: table
        )
    }

    /// Starts a new run and writes its first checkpoint, so that there is one to go on with from
    /// then on.
    ///
    /// - Parameters:
    ///   - parameters: those to start from, of a network with any number of classes if its last
    ///     layer is drawn all the same; nil draws them from the seed.
    ///   - reset: the layers whose parameters are drawn all the same.
    ///   - workerCountMin: workers to wait for.
    /// - Throws: `CheckpointError` when the first checkpoint cannot be written.
    package func fresh(
        from parameters: [Float]?,
        reset: [LeNet.ResettableLayer] = [],
        workerCountMin: Int
    ) throws(CheckpointError) -> Run {
        let start = ParameterBuffer.initial(seed: configuration.seed, of: network)
        if let parameters {
            for layer in LeNet.ResettableLayer.all where !reset.contains(layer) {
                let range = layer.range(in: network)
                for index in range { start.floats[index] = parameters[index] }
            }
        }
        var random = SystemRandomNumberGenerator()
        let run = makeRun(
            numbered: random.next(),
            RunRecord(),
            workerCountMin: workerCountMin,
            optimizer: Optimizer(
                rule: rule,
                kernels: kernels,
                buffers: rule.initialBuffers(of: start)
            )
        )
        run.checkpoints.submit(RunRecord(), run.optimizer.current, isRequired: true)
        try run.checkpoints.writer.finish()
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
        guard let record = try? RunIdentity.record(in: metadata),
            let number = RunIdentity.run(in: metadata),
            let buffers = OptimizerBuffers(of: checkpoint, slotNames: rule.slotNames)
        else { throw Failure.foreignCheckpoint(path: found.path) }
        guard metadata.epoch <= schedule.epochCount, metadata.step <= schedule.stepCount else {
            throw Failure.alreadyBeyond(
                path: folder.path,
                completedEpochCount: metadata.epoch,
                epochCount: schedule.epochCount
            )
        }
        return makeRun(
            numbered: number,
            record,
            workerCountMin: workerCountMin,
            optimizer: Optimizer(rule: rule, kernels: kernels, buffers: buffers)
        )
    }

    private var stopping: StoppingRule {
        StoppingRule(
            accuracy: configuration.stopping.untilAccuracy,
            patience: configuration.stopping.patience
        )
    }

    private func makeRun(
        numbered number: UInt64,
        _ record: RunRecord,
        workerCountMin: Int,
        optimizer: Optimizer
    ) -> Run {
        var random = SystemRandomNumberGenerator()
        let augmentation = configuration.input.augmentation
        var settings = Coordinator.Settings(
            stamp: RunStamp(run: number, generation: random.next()),
            schedule: schedule,
            input: InputSettings(
                geometry: configuration.input.geometry.rawValue,
                scale: configuration.input.scale.rawValue,
                labelSmoothing: configuration.optimizer.labelSmoothing > 0
                    ? "\(configuration.optimizer.labelSmoothing)" : "",
                augmentation: augmentation.isActive ? augmentation.words : "",
                seed: configuration.seed
            ),
            workerCountMin: workerCountMin,
            stepsPerCheckpoint: configuration.checkpoints.stepInterval
        )
        settings.verification = Verification(
            perMillion: Int((configuration.verify * 1_000_000).rounded())
        )
        let table = Self.table(of: network)
        let writer = CheckpointWriter(store: store, table: table, slotNames: rule.slotNames)
        let checkpoints = RunCheckpoints<LeNetNumbers, _>(
            writer: writer,
            store: store,
            identity: RunIdentity(run: number, seed: configuration.seed, configuration: identity)
        )
        checkpoints.best = BestModel(
            path: folder.bestPath,
            input: configuration.input,
            writer: writer,
            table: table
        )
        return Run(
            start: RunStart(
                record,
                settings: settings,
                keepsGoing: configuration.stopping.keepsGoing,
                stopping: stopping
            ),
            feed: SampleFeed(dataset: dataset, schedule: schedule, seed: configuration.seed),
            optimizer: optimizer,
            network: network,
            kernels: kernels,
            checkpoints: checkpoints
        )
    }
}

extension OptimizerBuffers {
    /// Takes over what a checkpoint holds; nil unless its slots are these.
    init?(of checkpoint: Checkpoint, slotNames: [String]) {
        let slots = slotNames.compactMap { checkpoint.slots[$0] }
        guard slots.count == slotNames.count, slots.count == checkpoint.slots.count else {
            return nil
        }
        func buffer(_ floats: [Float]) -> ParameterBuffer {
            let buffer = ParameterBuffer(count: floats.count)
            buffer.copy(floats)
            return buffer
        }
        self.init(
            parameters: buffer(checkpoint.parameters),
            slots: SlotBuffers(slots.map(buffer))
        )
    }
}

extension ParameterBuffer {
    /// Overwrites the buffer with as many floats as it has.
    package func copy(_ floats: [Float]) {
        precondition(floats.count == count, "\(floats.count) floats for \(count)")
        floats.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
}
