package import Model

/// The settings of a run; a value without arguments holds the defaults.
///
/// Decimal numbers are kept as binary64, as they were written, and every one of them still lies
/// within its bounds once it is rounded to the binary32 that training computes in.
package struct RunConfiguration: Equatable, Sendable {
    /// The folder of the four IDX files, or nil for the MNIST files that ship with the package.
    package var dataset: String?
    /// What the data set's files do not say of themselves.
    package var data = DataSettings()
    /// How images become the network's input.
    package var input = InputTransform()
    /// Samples a step.
    package var batchSize = 32
    /// How often training goes through the training images.
    package var epochs = 5
    /// How the parameters follow from the samples' losses.
    package var optimizer = OptimizerSettings()
    /// What decides the first weights and the order of samples.
    package var seed: UInt64 = 1
    /// Worker processes, or nil for one a core.
    package var workers: Int?
    /// When checkpoints are written, and how many stay.
    package var checkpoints = CheckpointSettings()
    /// The share of the shards that two workers compute, whose answers are compared.
    package var verify = 0.0
    /// Steps from one step's line of metrics.jsonl to the next; 0 writes the epochs' lines only.
    package var logEvery = 100
    /// When training ends before its last epoch.
    package var stopping = StopSettings()

    /// Holds the defaults.
    package init() {}

    /// What the data set's files do not say of themselves, and what is held out of them.
    package struct DataSettings: Equatable, Sendable {
        /// How many classes there are; nil where the labels say it.
        package var classCount: Int?
        /// What they are called; nil where the folder says it, or for their labels.
        package var classNames: [String]?
        /// The label of the first one; nil where the labels say it.
        package var firstLabel: Int?
        /// Whether images are stored column by column.
        package var isTransposed = false
        /// The share of the training images, from the end of the file, that is held out.
        package var validationSplit = 0.1
    }

    /// When training ends before its last epoch.
    package struct StopSettings: Equatable, Sendable {
        /// Whether training goes on once its loss is no finite number.
        package var keepsGoing = false
        /// The validation accuracy that is enough; nil for none.
        package var untilAccuracy: Double?
        /// Epochs without a lower validation loss that are enough; nil for none.
        package var patience: Int?
    }

    /// The checkpoints of a run.
    package struct CheckpointSettings: Equatable, Sendable {
        /// Steps from one to the next; 0 writes them at the ends of epochs only.
        package var stepInterval = 500
        /// How many of the newest stay on disk.
        package var keptCount = 3
    }
}
