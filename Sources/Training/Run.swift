package import Arithmetic
package import Checkpoints
package import Kernels
package import Model
package import TrainingDriver

/// Everything that a coordinator starts with: a fresh run's, or what a checkpoint says.
package struct Run {
    /// Where to start, and what the machine is told.
    package var start: RunStart
    /// The samples.
    package var feed: SampleFeed
    /// The parameters and moments at the start.
    package var optimizer: Optimizer
    /// Whose parameters they are.
    package var network = LeNet.digits
    /// The arithmetic.
    package var kernels: KernelSet
    /// Where checkpoints go.
    package var checkpoints: RunCheckpoints<LeNetNumbers, CheckpointWriter>

    /// How far each step goes.
    package var learningRate: LearningRate { optimizer.rule.learningRate }
}
