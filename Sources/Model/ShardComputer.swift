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
    ///   - parameters: 61,706 floats in the order of `LeNet.tensors`.
    ///   - samples: n × 785 bytes, n of 1 to 16, at any alignment.
    ///   - gradient: 61,706 floats, overwritten.
    /// - Precondition: `samples` holds 1 to 16 whole samples.
    package func gradient(
        of parameters: UnsafePointer<Float>,
        samples: UnsafeRawBufferPointer,
        into gradient: UnsafeMutablePointer<Float>
    ) -> ShardResult {
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
    ) -> ShardResult {
        load(samples)
        convolutionsForward(parameters)
        return fullyConnectedForward(parameters)
    }

    /// Computes the ten probabilities of each image, n × 784 bytes without labels, n of 1 to 16.
    ///
    /// - Precondition: `images` holds 1 to 16 whole images.
    package func probabilities(
        parameters: UnsafePointer<Float>,
        images: UnsafeRawBufferPointer
    ) -> [[Float]] {
        let imageSize = LeNet.imageSide * LeNet.imageSide
        let count = loadImages(images, stride: imageSize, offset: 0)
        convolutionsForward(parameters)
        computeLogits(parameters)
        kernels.softmax(workspace.logits, workspace.logitsGradient)
        return (0..<count).map { sample in
            (0..<LeNet.classCount).map { index in
                workspace.logitsGradient[index * LeNet.shardSampleCountMax + sample]
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
        for sample in 0..<LeNet.shardSampleCountMax {
            let label = sample < count ? samples[sample * LeNet.sampleSize] : .max
            workspace.labels[sample] = label < LeNet.classCount ? Int32(label) : -1
        }
        sampleCount = count
    }

    /// Computes the convolutions of the samples that were loaded; of the parameters, it reads their
    /// segment only.
    package func convolutionsForward(_ parameters: UnsafePointer<Float>) {
        let w = workspace
        kernels.convolution1Forward(
            w.input,
            parameters + Offset.convolution1Weight,
            parameters + Offset.convolution1Bias,
            w.pooled1,
            w.winner1
        )
        kernels.convolution2Forward(
            w.pooled1,
            parameters + Offset.convolution2Weight,
            parameters + Offset.convolution2Bias,
            w.pooled2,
            w.winner2
        )
    }

    /// Computes loss and correctness, and the logits' gradient, after `convolutionsForward`.
    package func fullyConnectedForward(_ parameters: UnsafePointer<Float>) -> ShardResult {
        computeLogits(parameters)
        return lossAndItsGradient()
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
        kernels.loadPixels(pixels, stride, count, workspace.partials, workspace.pixels)
        let isScaled = transform.scale == .unit
        switch transform.geometry {
        case .pad: kernels.padImages(workspace.pixels, workspace.input, isScaled)
        case .resize: kernels.resizeImages(workspace.pixels, workspace.input, isScaled)
        }
        return count
    }

    private func computeLogits(_ parameters: UnsafePointer<Float>) {
        let w = workspace
        kernels.denseForward[0](
            w.pooled2,
            parameters + Offset.dense1Weight,
            parameters + Offset.dense1Bias,
            w.hidden1
        )
        kernels.denseForward[1](
            w.hidden1,
            parameters + Offset.dense2Weight,
            parameters + Offset.dense2Bias,
            w.hidden2
        )
        kernels.denseForward[2](
            w.hidden2,
            parameters + Offset.dense3Weight,
            parameters + Offset.dense3Bias,
            w.logits
        )
    }

    /// Sums the losses in the order of the samples.
    private func lossAndItsGradient() -> ShardResult {
        let w = workspace
        kernels.softmaxCrossEntropy(w.logits, w.labels, w.logitsGradient, w.losses, w.isCorrect)
        var result = ShardResult(lossSum: 0, correctCount: 0)
        for sample in 0..<sampleCount {
            result.lossSum += w.losses[sample]
            result.correctCount += Int(w.isCorrect[sample])
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
        kernels.transpose(w.hidden2, w.rows, w.partials, 84)
        kernels.denseWeightGradient[2](
            w.logitsGradient,
            w.rows,
            gradient + Offset.dense3Weight,
            gradient + Offset.dense3Bias
        )
        kernels.denseInputGradient[2](
            w.logitsGradient,
            parameters + Offset.dense3Weight,
            w.hidden2,
            w.hidden2Gradient
        )
        kernels.transpose(w.hidden1, w.rows, w.partials, 120)
        kernels.denseWeightGradient[1](
            w.hidden2Gradient,
            w.rows,
            gradient + Offset.dense2Weight,
            gradient + Offset.dense2Bias
        )
        kernels.denseInputGradient[1](
            w.hidden2Gradient,
            parameters + Offset.dense2Weight,
            w.hidden1,
            w.hidden1Gradient
        )
        kernels.transpose(w.pooled2, w.rows, w.partials, 400)
        kernels.denseWeightGradient[0](
            w.hidden1Gradient,
            w.rows,
            gradient + Offset.dense1Weight,
            gradient + Offset.dense1Bias
        )
        kernels.denseInputGradient[0](
            w.hidden1Gradient,
            parameters + Offset.dense1Weight,
            w.pooled2,
            w.pooled2Gradient
        )
    }

    /// Completes the segment of the convolutions, after `fullyConnectedBackward`.
    package func convolutionsBackward(
        _ parameters: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Float>
    ) {
        let w = workspace
        kernels.convolution2WeightGradient(
            w.pooled1,
            w.pooled2Gradient,
            w.winner2,
            w.convolution2Gradient,
            w.partials,
            gradient + Offset.convolution2Weight,
            gradient + Offset.convolution2Bias
        )
        kernels.convolution2InputGradient(
            w.convolution2Gradient,
            parameters + Offset.convolution2Weight,
            w.pooled1,
            w.pooled1Gradient
        )
        kernels.convolution1WeightGradient(
            w.input,
            w.pooled1Gradient,
            w.winner1,
            w.rowGradient,
            w.partials,
            gradient + Offset.convolution1Weight,
            gradient + Offset.convolution1Bias
        )
    }
}

/// Where the table's tensors begin in the flat buffer; `LeNetTests` compares them with the table.
enum Offset {
    static let convolution1Weight = 0
    static let convolution1Bias = 150
    static let convolution2Weight = 156
    static let convolution2Bias = 2_556
    static let dense1Weight = 2_572
    static let dense1Bias = 50_572
    static let dense2Weight = 50_692
    static let dense2Bias = 60_772
    static let dense3Weight = 60_856
    static let dense3Bias = 61_696

    /// All of them in the table's order.
    static let all = [
        convolution1Weight, convolution1Bias, convolution2Weight, convolution2Bias, dense1Weight,
        dense1Bias, dense2Weight, dense2Bias, dense3Weight, dense3Bias,
    ]
}
