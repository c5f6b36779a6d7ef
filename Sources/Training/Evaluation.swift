import Arithmetic
package import Figures
package import Kernels
package import MNIST
package import Model
import TrainingProtocol

/// A model at work in this process alone: figures over a set of images, or the probabilities of
/// single ones.
package struct Evaluation {
    private let kernels: KernelSet
    private let transform: InputTransform
    private let network: LeNet

    /// Will bring images in by `transform`.
    package init(kernels: KernelSet, transform: InputTransform, network: LeNet = .digits) {
        self.kernels = kernels
        self.transform = transform
        self.network = network
    }

    /// Loss and accuracy over all images, added up in the same tree as a run's, so that they are a
    /// run's to the last bit.
    ///
    /// - Precondition: there is an image.
    package func metrics(of parameters: ParameterBuffer, over images: LabeledImages) -> Metrics {
        FloatingPointMode.flushSubnormals()
        let computer = ShardComputer(kernels: kernels, transform: transform, network: network)
        let perShard = LeNet.shardSampleCountMax
        let shardCount = (images.count + perShard - 1) / perShard
        let reduction = ReductionTree(
            shardCount: shardCount,
            kernels: kernels
        )
        images.withUnsafeSamples { samples in
            for index in 0..<shardCount {
                let first = index * perShard * LeNet.sampleSize
                let end = min(first + perShard * LeNet.sampleSize, samples.count)
                let sums = computer.evaluate(
                    parameters: UnsafePointer(parameters.floats.baseAddress!),
                    samples: UnsafeRawBufferPointer(rebasing: samples[first..<end])
                )
                reduction.add(
                    ReductionTree.Sum(gradient: nil, sums: sums),
                    at: Subtree(level: 0, index: index)
                )
            }
        }
        return Metrics(of: reduction.total?.sums ?? LossSums(), sampleCount: images.count)
    }

    /// The probabilities of the classes for each image.
    ///
    /// - Parameter images: 28·28 pixels each, row by row, white digit on black.
    package func probabilities(
        _ parameters: ParameterBuffer,
        images: [[UInt8]]
    ) -> [[Float]] {
        FloatingPointMode.flushSubnormals()
        let computer = ShardComputer(kernels: kernels, transform: transform, network: network)
        let perShard = LeNet.shardSampleCountMax
        return stride(from: 0, to: images.count, by: perShard).flatMap { first in
            let pixels = images[first..<min(first + perShard, images.count)].flatMap { $0 }
            return pixels.withUnsafeBytes {
                computer.probabilities(
                    parameters: UnsafePointer(parameters.floats.baseAddress!),
                    images: $0
                )
            }
        }
    }
}
