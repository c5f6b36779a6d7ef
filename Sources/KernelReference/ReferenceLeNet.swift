/// LeNet-5 in naive loops, sample by sample: the oracle of the kernels' shards.
///
/// The parameters are one flat array in the order conv1, conv2, fc1, fc2, fc3, weights before
/// biases.
package struct ReferenceLeNet<Scalar: ReferenceScalar>: Sendable {
    /// What a forward pass leaves behind for the backward pass.
    private struct Activations {
        var input, pooled1, pooled2, hidden1, hidden2, logits: [Scalar]
        var winners1, winners2: [Int]
    }

    private let first = ReferenceConvolution(
        inputChannelCount: 1,
        outputChannelCount: 6,
        inputSide: 32
    )
    private let second = ReferenceConvolution(
        inputChannelCount: 6,
        outputChannelCount: 16,
        inputSide: 14
    )
    private let weights1, bias1, weights2, bias2: [Scalar]
    private let dense: [(weights: [Scalar], bias: [Scalar])]
    private let isResized, isScaled: Bool
    private let parameterCount: Int

    /// Takes the parameters apart.
    ///
    /// - Precondition: there are as many as the layers have.
    package init(parameters: [Scalar], isResized: Bool = false, isScaled: Bool = true) {
        parameterCount = parameters.count
        var start = 0
        func take(_ count: Int) -> [Scalar] {
            defer { start += count }
            precondition(start + count <= parameters.count, "\(parameters.count) parameters")
            return Array(parameters[start..<start + count])
        }
        (weights1, bias1) = (take(150), take(6))
        (weights2, bias2) = (take(2_400), take(16))
        dense = [(400, 120), (120, 84), (84, 10)].map { (take($0 * $1), take($1)) }
        precondition(start == parameters.count, "\(parameters.count) parameters, not \(start)")
        self.isResized = isResized
        self.isScaled = isScaled
    }

    /// The summed loss, how many samples are classified rightly, and the summed gradient in the
    /// order of the parameters.
    ///
    /// `samples` is n times a label and its pixels.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package func gradient(
        samples: [UInt8]
    ) -> (lossSum: Scalar, correctCount: Int, gradient: [Scalar]) {
        var lossSum: Scalar = 0
        var correctCount = 0
        var sum = [Scalar](repeating: 0, count: parameterCount)
        let sampleSize = 1 + ReferenceInput.imageSize
        for start in stride(from: 0, to: samples.count, by: sampleSize) {
            let activations = forward(samples[start + 1..<start + sampleSize])
            let label = Int(samples[start])
            let (loss, gradient) = ReferenceLoss.lossAndGradient(
                logits: activations.logits,
                label: label
            )
            lossSum += loss
            let prediction = activations.logits.firstIndex(of: activations.logits.max() ?? 0)
            if !loss.isNaN, prediction == label {
                correctCount += 1
            }
            for (index, value) in backward(activations, gradient).enumerated() {
                sum[index] += value
            }
        }
        return (lossSum, correctCount, sum)
    }

    /// The loss of one sample, forward only.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package func loss(sample: [UInt8]) -> Scalar {
        let logits = forward(sample[1...]).logits
        return ReferenceLoss.lossAndGradient(logits: logits, label: Int(sample[0])).loss
    }

    /// The probabilities of the classes of one image.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package func probabilities(image: [UInt8]) -> [Scalar] {
        ReferenceLoss.probabilities(forward(image[...]).logits)
    }

    private func forward(_ image: ArraySlice<UInt8>) -> Activations {
        let input: [Scalar] =
            isResized
            ? ReferenceInput.resized(image, isScaled: isScaled)
            : ReferenceInput.padded(image, isScaled: isScaled)
        let (pooled1, winners1) = ReferencePool.pool(
            first.output(input: input, weights: weights1, bias: bias1),
            channelCount: 6,
            side: 28
        )
        let (pooled2, winners2) = ReferencePool.pool(
            second.output(input: pooled1, weights: weights2, bias: bias2),
            channelCount: 16,
            side: 10
        )
        let hidden1 = layer(0, pooled2).map { max($0, 0) }
        let hidden2 = layer(1, hidden1).map { max($0, 0) }
        return Activations(
            input: input,
            pooled1: pooled1,
            pooled2: pooled2,
            hidden1: hidden1,
            hidden2: hidden2,
            logits: layer(2, hidden2),
            winners1: winners1,
            winners2: winners2
        )
    }

    private func layer(_ index: Int, _ input: [Scalar]) -> [Scalar] {
        ReferenceDense.output(
            input: input,
            weights: dense[index].weights,
            bias: dense[index].bias
        )
    }

    private func backward(_ a: Activations, _ logitsGradient: [Scalar]) -> [Scalar] {
        let hidden2Gradient = denseInputGradient(2, logitsGradient, a.hidden2)
        let hidden1Gradient = denseInputGradient(1, hidden2Gradient, a.hidden1)
        let pooled2Gradient = denseInputGradient(0, hidden1Gradient, a.pooled2)
        let gradient2 = ReferencePool.inputGradient(
            pooled2Gradient,
            output: a.pooled2,
            winners: a.winners2,
            channelCount: 16,
            side: 10
        )
        let pooled1Gradient = second.inputGradient(gradient: gradient2, weights: weights2)
        let gradient1 = ReferencePool.inputGradient(
            pooled1Gradient,
            output: a.pooled1,
            winners: a.winners1,
            channelCount: 6,
            side: 28
        )
        let of1 = first.weightGradient(gradient: gradient1, input: a.input)
        let of2 = second.weightGradient(gradient: gradient2, input: a.pooled1)
        var result = of1.weights + of1.bias + of2.weights + of2.bias
        for (gradient, input) in [
            (hidden1Gradient, a.pooled2), (hidden2Gradient, a.hidden1), (logitsGradient, a.hidden2),
        ] {
            result += ReferenceDense.weightGradient(gradient: gradient, input: input)
            result += gradient
        }
        return result
    }

    private func denseInputGradient(
        _ index: Int,
        _ gradient: [Scalar],
        _ input: [Scalar]
    ) -> [Scalar] {
        let sums = ReferenceDense.inputGradient(gradient: gradient, weights: dense[index].weights)
        return zip(sums, input).map { $1 <= 0 ? 0 : $0 }
    }
}
