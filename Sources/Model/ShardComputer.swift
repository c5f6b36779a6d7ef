package import Figures
package import Kernels
import MemoryHints

/// Computes a shard: forward, loss, backward.
///
/// It owns the memory between the layers, so a thread has its own and it is not `Sendable`. No call
/// allocates, except `probabilities` for its result. The calling thread must flush subnormal
/// numbers (`FloatingPointMode.flushSubnormals()`): the bits of the result depend on it.
package final class ShardComputer {
    private let kernels: KernelSet
    private let transform: InputTransform
    private let workspace: Workspace
    private let (first, second) = (LeNet.convolutions[0], LeNet.convolutions[1])
    private let dense: [Layer]
    private let classCount, parameterCount: Int
    private var sampleCount = 0
    /// What is left to be asked for of the samples to be loaded next.
    private var upcoming = UnsafeRawBufferPointer(start: nil, count: 0)

    /// Makes a computer with its memory.
    package init(kernels: KernelSet, transform: InputTransform, network: LeNet = .digits) {
        self.kernels = kernels
        workspace = Workspace(of: network)
        dense = network.dense
        classCount = network.classCount
        parameterCount = network.parameterCount
        self.transform = transform
    }

    /// Computes the gradient of the samples' summed loss.
    ///
    /// A sample whose label is no class adds nothing: no gradient, no loss, and it is not correct.
    /// The data set has none; such a byte can only come from a faulty or hostile sender, and must
    /// do no harm here.
    ///
    /// - Parameters:
    ///   - parameters: the floats of a buffer, in the order of the network's `tensors`.
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

    /// Computes the probabilities of each image, n times their pixels without labels, n of 1 to
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
        kernels.softmax(workspace.logits.start, result, classCount)
        return (0..<count).map { sample in
            (0..<classCount).map { index in
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
            labels[sample] = label < classCount ? Int32(label) : -1
        }
        sampleCount = count
    }

    /// Has the samples to be loaded next come to the processor's cache while the shard is computed
    /// that was loaded last.
    ///
    /// They must stay where they are until then, or until others are expected.
    package func expect(_ samples: UnsafeRawBufferPointer) { upcoming = samples }

    /// Asks for a part of what is expected, no more than a processor has on its way at once: before
    /// each of a shard's greater kernels, of which there are as many as parts of whole shards.
    private func fetchAhead() {
        let size = min(upcoming.count, 17 * 64)
        prefetch(UnsafeRawBufferPointer(rebasing: upcoming[..<size]))
        upcoming = UnsafeRawBufferPointer(rebasing: upcoming[size...])
    }

    /// Computes the convolutions of the samples that were loaded; of the parameters, it reads their
    /// segment only.
    package func convolutionsForward(_ parameters: UnsafePointer<Float>) {
        let w = workspace
        fetchAhead()
        kernels.convolution1Forward(
            w.input.start,
            w.ink.columns.words,
            parameters + first.weight,
            parameters + first.bias,
            w.scratch.kernel.start,
            w.pooled1.output.start,
            w.pooled1.winners.integers
        )
        fetchAhead()
        kernels.convolution2Forward(
            w.pooled1.output.start,
            parameters + second.weight,
            parameters + second.bias,
            w.scratch.kernel.start,
            w.windows2.output.start,
            w.windows2.winners.integers
        )
        kernels.channelsOfWindows(w.windows2.output.start, w.rows2.output.start)
        kernels.lanesOfRows(w.rows2.output.start, w.rectified[0].start, dense[0].inputCount)
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
        kernels.loadPixels(pixels, stride, count, w.scratch.kernel.start, w.pixels.start)
        let isScaled = transform.scale == .unit
        switch transform.geometry {
        case .pad: kernels.padImages(w.pixels.start, w.input.start, isScaled)
        case .resize: kernels.resizeImages(w.pixels.start, w.input.start, isScaled)
        }
        kernels.mapInk(w.input.start, w.ink.columns.words, w.ink.windows.bits)
        return count
    }

    private func computeLogits(_ parameters: UnsafePointer<Float>) {
        let values = workspace.rectified
        for index in dense.indices {
            fetchAhead()
            kernels.denseForward[index](
                values[index].start,
                parameters + dense[index].weight,
                parameters + dense[index].bias,
                values[index + 1].start,
                dense[index].outputCount
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
            isCorrect,
            classCount
        )
        if labelSmoothing > 0 {
            kernels.smoothLabels(
                w.logits.start,
                w.outcomes.labels.integers,
                w.logitsGradient.start,
                losses,
                labelSmoothing,
                classCount
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
    ///
    /// - Parameter sums: what the segment is added to, as by `KernelSet.add`: to the first, this to
    ///   the second and so on. The last one takes the total, and nothing else holds a whole segment
    ///   then. Empty for a segment in `gradient` by itself.
    package func fullyConnectedBackward(
        _ parameters: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Float>,
        addingTo sums: UnsafeBufferPointer<KernelSet.Target> = .init(start: nil, count: 0)
    ) {
        let w = workspace
        for index in dense.indices.dropFirst().reversed() {
            let (weight, bias) = (dense[index].weight, dense[index].bias)
            let (input, outputGradient) = (w.rectified[index], w.rectifiedGradients[index])
            let inputCount = dense[index].inputCount
            fetchAhead()
            kernels.transpose(input.start, w.scratch.rows.start, inputCount, inputCount)
            kernels.denseWeightGradient[index](
                outputGradient.start,
                w.scratch.rows.start,
                gradient + weight,
                gradient + bias,
                dense[index].outputCount
            )
            kernels.denseInputGradient[index - 1](
                outputGradient.start,
                parameters + weight,
                input.start,
                w.rectifiedGradients[index - 1].start,
                dense[index].outputCount
            )
        }
        fetchAhead()
        let (widest, outputGradient) = (dense[0], w.rectifiedGradients[0])
        if let first = sums.baseAddress, !sums.isEmpty {
            kernels.dense1WeightGradientSum(
                outputGradient.start,
                w.rows2.output.start,
                first,
                sums.count,
                widest.weight,
                gradient + widest.bias
            )
            addRest(gradient, to: sums)
        } else {
            kernels.denseWeightGradient[0](
                outputGradient.start,
                w.rows2.output.start,
                gradient + widest.weight,
                gradient + widest.bias,
                widest.outputCount
            )
        }
        kernels.transpose(
            outputGradient.start,
            w.scratch.rows.start,
            widest.outputCount,
            widest.outputCount
        )
        fetchAhead()
        kernels.dense1InputGradient(
            w.scratch.rows.start,
            parameters + widest.weight,
            w.rows2.output.start,
            w.scratch.kernel.start,
            w.rows2.gradient.start
        )
    }

    /// Adds what comes behind the widest layer's weights.
    private func addRest(
        _ gradient: UnsafeMutablePointer<Float>,
        to sums: UnsafeBufferPointer<KernelSet.Target>
    ) {
        let (first, count) = (dense[0].bias, parameterCount - dense[0].bias)
        var last = gradient
        for sum in sums {
            kernels.add(into: sum + first, last + first, count: count)
            last = sum
        }
    }

    /// Completes the segment of the convolutions, after `fullyConnectedBackward`.
    package func convolutionsBackward(
        _ parameters: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Float>
    ) {
        let w = workspace
        fetchAhead()
        // Winners are only moved, whatever their bits mean.
        kernels.channelsOfWindows(w.windows2.winners.start, w.rows2.winners.start)
        kernels.convolution2WeightGradient(
            w.pooled1.output.start,
            w.rows2.gradient.start,
            w.rows2.winners.integers,
            w.scratch.kernel.start,
            w.windows2.gradient.start,
            gradient + second.weight,
            gradient + second.bias
        )
        fetchAhead()
        kernels.convolution2InputGradient(
            w.windows2.gradient.start,
            w.windows2.winners.integers,
            parameters + second.weight,
            w.scratch.kernel.start,
            w.pooled1.gradient.start
        )
        fetchAhead()
        kernels.rowsOfImages(w.input.start, w.images.start)
        kernels.convolution1WeightGradient(
            w.images.start,
            w.ink.windows.bits,
            w.pooled1.gradient.start,
            w.pooled1.output.start,
            w.pooled1.winners.integers,
            w.scratch.kernel.start,
            gradient + first.weight,
            gradient + first.bias
        )
    }
}
