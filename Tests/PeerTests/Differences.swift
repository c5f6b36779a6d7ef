import Figures
import Model
import Training

/// The greatest differences between a run of ours and PyTorch's.
struct Differences: CustomStringConvertible {
    let seed: UInt64
    /// Of the mean loss of a step, and at which step, from 0.
    let loss: (step: Int, difference: Double)
    /// Of the first batch's gradient, relative to the tensor's greatest one, and in which tensor.
    let gradient: (name: String, difference: Double)
    /// Of a parameter after the last step, and in which tensor.
    let parameter: (name: String, difference: Double)
    /// Of the loss over the test images.
    let testLoss: Double
    /// Of the accuracy over them.
    let testAccuracy: Double

    init(seed: UInt64, _ ours: ReferenceRun, _ theirs: PyTorchRun) {
        precondition(ours.losses.count == theirs.losses.count, "\(theirs.losses.count) losses")
        self.seed = seed
        let losses = zip(ours.losses, theirs.losses).map { abs($0 - $1) }
        loss = losses.enumerated().map { ($0, $1) }.max { $0.1 < $1.1 }!
        let batchSize = Float(ReferenceRun.batchSize)
        gradient = LeNet.digits.tensors.map { tensor in
            let means = ours.firstGradientSum.floats[tensor.range].map { $0 / batchSize }
            let expected = theirs.firstGradient[tensor.range]
            let scale = expected.map { abs(Double($0)) }.max()!
            return (tensor.name, Self.greatest(means, expected) / scale)
        }.max { $0.1 < $1.1 }!
        parameter = LeNet.digits.tensors.map { tensor in
            let trained = ours.trained.floats[tensor.range]
            return (tensor.name, Self.greatest(trained, theirs.trained[tensor.range]))
        }.max { $0.1 < $1.1 }!
        testLoss = abs(ours.testMetrics.loss - theirs.testLoss)
        let accuracy = Double(theirs.testCorrectCount) / Double(ReferenceRun.testSampleCount)
        testAccuracy = abs(ours.testMetrics.accuracy - accuracy)
    }

    /// Whether both computed the same, but for rounding.
    var areRounding: Bool {
        loss.difference <= 1e-4 && gradient.difference <= 1e-4 && parameter.difference <= 1e-3
            && testLoss <= 1e-4 && testAccuracy == 0
    }

    var description: String {
        "seed \(seed): loss \(loss.difference) at step \(loss.step), "
            + "first gradient \(gradient.difference) of \(gradient.name), "
            + "parameter \(parameter.difference) of \(parameter.name), "
            + "test loss \(testLoss), test accuracy \(testAccuracy)"
    }

    private static func greatest(
        _ ours: some Sequence<Float>,
        _ theirs: some Sequence<Float>
    ) -> Double {
        zip(ours, theirs).map { abs(Double($0) - Double($1)) }.max()!
    }
}
