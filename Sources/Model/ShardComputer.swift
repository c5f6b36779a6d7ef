package import Figures
package import Kernels

/// Computes a shard: forward, loss, backward.
///
/// It owns the memory between the layers, so a thread has its own and it is not `Sendable`. No call
/// allocates, except `probabilities` for its result. The calling thread must flush subnormal
/// numbers (`FloatingPointMode.flushSubnormals()`): the bits of the result depend on it.
package final class ShardComputer {
    private let kernels: KernelSet
    private let transform: InputTransform
    private let workspace = Workspace()
    private let (first, second) = (LeNet.convolutions[0], LeNet.convolutions[1])
    private let dense = LeNet.dense
    private var sampleCount = 0

    /// Makes a computer with its memory.
    package init(kernels: KernelSet, transform: InputTransform) {
        self.kernels = kernels
        self.transform = transform
    }

    /// Computes the gradient of the samples' summed loss.
    ///
    /// A sample whose label is over 9 adds nothing: no gradient, no loss, and it is not correct.
    /// The data set has none; such a byte can only come from a faulty or hostile sender, and must
    /// do no harm here.
    ///
    /// - Parameters:
    ///   - parameters: the floats of a buffer, in the order of `LeNet.tensors`.
    ///   - samples: n samples of `LeNet.sampleSize` bytes, n of 1 to 16, at any alignment.
    ///   - gradient: the floats of a buffer, overwritten.
    /// - Precondition: `samples` holds 1 to 16 whole samples.
    package func gradient(
        of parameters: UnsafePointer<Float>,
        samples: UnsafeRawBufferPointer,
        into gradient: UnsafeMutablePointer<Float>
    ) -> LossSums {
        let result = evaluate(parameters: parameters, samples: samples)
        fullyConnectedBackward(parameters, into: gradient)
        convolutionsBackward(parameters, into: gradient)
        return result
    }

    /// Computes loss and correctness of the samples, forward only.
    ///
    /// - Precondition: as for `gradient`.
    package func evaluate(
        parameters: UnsafePointer<Float>,
        samples: UnsafeRawBufferPointer
    ) -> LossSums {
        load(samples)
        convolutionsForward(parameters)
        return fullyConnectedForward(parameters)
    }

    /// Computes the ten probabilities of each image, n times their pixels without labels, n of 1 to
    /// 16.
    ///
    /// - Precondition: `images` holds 1 to 16 whole images.
    package func probabilities(
        parameters: UnsafePointer<Float>,
        images: UnsafeRawBufferPointer
    ) -> [[Float]] {
        let count = loadImages(images, stride: LeNet.imageSize, offset: 0)
        convolutionsForward(parameters)
        computeLogits(parameters)
        let result = workspace.logitsGradient.start
        kernels.softmax(workspace.logits.start, result)
        return (0..<count).map { sample in
            (0..<LeNet.classCount).map { index in
                result[index * LeNet.shardSampleCountMax + sample]
            }
        }
    }
}

/// The parts of `gradient`, in their order.
extension ShardComputer {
    /// Brings samples into the computer, for which it needs no parameters.
    ///
    /// - Precondition: as for `gradient`.
    package func load(_ samples: UnsafeRawBufferPointer) {
        let count = loadImages(samples, stride: LeNet.sampleSize, offset: 1)
        let labels = workspace.outcomes.labels.integers
        for sample in 0..<LeNet.shardSampleCountMax {
            let label = sample < count ? samples[sample * LeNet.sampleSize] : .max
            labels[sample] = label < LeNet.classCount ? Int32(label) : -1
        }
        sampleCount = count
    }

    /// Computes the convolutions of the samples that were loaded; of the parameters, it reads their
    /// segment only.
    package func convolutionsForward(_ parameters: UnsafePointer<Float>) {
        let w = workspace
        kernels.convolution1Forward(
            w.input.start,
            parameters + first.weight,
            parameters + first.bias,
            w.pooled[0].start,
            w.winners[0].integers
        )
        kernels.convolution2Forward(
            w.pooled[0].start,
            parameters + second.weight,
            parameters + second.bias,
            w.pooled[1].start,
            w.winners[1].integers
        )
    }

    /// Computes loss and correctness, and the logits' gradient, after `convolutionsForward`.
    ///
    /// - Parameter labelSmoothing: the share of the target that all classes divide among them.
    package func fullyConnectedForward(
        _ parameters: UnsafePointer<Float>,
        labelSmoothing: Float = 0
    ) -> LossSums {
        computeLogits(parameters)
        return lossAndItsGradient(labelSmoothing)
    }

    /// Brings images that lie `stride` bytes apart, the first one at `offset`, into the input.
    private func loadImages(_ bytes: UnsafeRawBufferPointer, stride: Int, offset: Int) -> Int {
        let count = bytes.count / stride
        guard let start = bytes.baseAddress, bytes.count == count * stride,
            (1...LeNet.shardSampleCountMax).contains(count)
        else {
            preconditionFailure("a shard of \(bytes.count) bytes is not 1 to 16 times \(stride)")
        }
        let pixels = start.assumingMemoryBound(to: UInt8.self) + offset
        let w = workspace
        kernels.loadPixels(pixels, stride, count, w.scratch.partials.start, w.pixels.start)
        let isScaled = transform.scale == .unit
        switch transform.geometry {
        case .pad: kernels.padImages(w.pixels.start, w.input.start, isScaled)
        case .resize: kernels.resizeImages(w.pixels.start, w.input.start, isScaled)
        }
        return count
    }

    private func computeLogits(_ parameters: UnsafePointer<Float>) {
        let values = workspace.rectified
        for index in dense.indices {
            kernels.denseForward[index](
                values[index].start,
                parameters + dense[index].weight,
                parameters + dense[index].bias,
                values[index + 1].start
            )
        }
    }

    /// Sums the losses in the order of the samples.
    private func lossAndItsGradient(_ labelSmoothing: Float) -> LossSums {
        let w = workspace
        let (losses, isCorrect) = (w.outcomes.losses.start, w.outcomes.isCorrect.integers)
        kernels.softmaxCrossEntropy(
            w.logits.start,
            w.outcomes.labels.integers,
            w.logitsGradient.start,
            losses,
            isCorrect
        )
        if labelSmoothing > 0 {
            kernels.smoothLabels(
                w.logits.start,
                w.outcomes.labels.integers,
                w.logitsGradient.start,
                losses,
                labelSmoothing
            )
        }
        var result = LossSums(lossSum: 0, correctCount: 0)
        for sample in 0..<sampleCount {
            result.lossSum += losses[sample]
            result.correctCount += Int(isCorrect[sample])
        }
        return result
    }

    /// Completes the segment of the fully connected layers and the gradient of their input, after
    /// `forward`.
    package func fullyConnectedBackward(
        _ parameters: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Float>
    ) {
        let w = workspace
        for index in dense.indices.reversed() {
            let (weight, bias) = (dense[index].weight, dense[index].bias)
            let (input, outputGradient) = (w.rectified[index], w.rectifiedGradients[index + 1])
            kernels.transpose(
                input.start,
                w.scratch.rows.start,
                w.scratch.partials.start,
                dense[index].inputCount
            )
            kernels.denseWeightGradient[index](
                outputGradient.start,
                w.scratch.rows.start,
                gradient + weight,
                gradient + bias
            )
            kernels.denseInputGradient[index](
                outputGradient.start,
                parameters + weight,
                input.start,
                w.rectifiedGradients[index].start
            )
        }
    }

    /// Completes the segment of the convolutions, after `fullyConnectedBackward`.
    package func convolutionsBackward(
        _ parameters: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Float>
    ) {
        let w = workspace
        kernels.convolution2WeightGradient(
            w.pooled[0].start,
            w.pooledGradients[1].start,
            w.winners[1].integers,
            w.convolution2Gradient.start,
            w.scratch.partials.start,
            gradient + second.weight,
            gradient + second.bias
        )
        kernels.convolution2InputGradient(
            w.convolution2Gradient.start,
            parameters + second.weight,
            w.pooled[0].start,
            w.pooledGradients[0].start
        )
        kernels.convolution1WeightGradient(
            w.input.start,
            w.pooledGradients[0].start,
            w.winners[0].integers,
            w.scratch.rowGradient.start,
            w.scratch.partials.start,
            gradient + first.weight,
            gradient + first.bias
        )
    }
}
