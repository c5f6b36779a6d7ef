import Figures
import Foundation
import Kernels
import Testing

@testable import Model

struct LabelSmoothingTests {
    /// Loss sum and the logits' part of the gradient, by the definition in binary64.
    private func expected(
        _ logits: [[Double]],
        _ labels: [Int],
        smoothing: Double
    ) -> (loss: [Double], gradient: [[Double]]) {
        var (losses, gradients): ([Double], [[Double]]) = ([], [])
        for (row, label) in zip(logits, labels) {
            let total = row.map { exp($0) }.reduce(0, +)
            let probabilities = row.map { exp($0) / total }
            let target = (0..<10).map {
                (1 - smoothing) * ($0 == label ? 1 : 0) + smoothing / 10
            }
            losses.append(-zip(target, probabilities).map { $0 * log($1) }.reduce(0, +))
            gradients.append(zip(probabilities, target).map { $0 - $1 })
        }
        return (losses, gradients)
    }

    private func logits(_ sampleCount: Int) -> [[Double]] {
        (0..<sampleCount).map { sample in
            (0..<10).map { index -> Double in
                let step = (sample * 7 + index * 13) % 11
                return Double(step) / 2 - 2
            }
        }
    }

    @Test(arguments: [0.1, 0.5])
    func `is the cross-entropy with the smoothed target`(smoothing: Double) {
        for kernels in KernelSet.runnable {
            let sampleCount = 13
            let rows = logits(sampleCount)
            let labels = (0..<sampleCount).map { ($0 * 3) % 10 }
            let (input, gradient) = (ShardArray(elementCount: 10), ShardArray(elementCount: 10))
            for sample in 0..<sampleCount {
                for index in 0..<10 {
                    input.start[index * 16 + sample] = Float(rows[sample][index])
                }
            }
            let losses = ShardArray(elementCount: 1)
            let lanes = (0..<16).map { $0 < sampleCount ? Int32(labels[$0]) : -1 }
            var isCorrect = [Int32](repeating: 0, count: 16)
            kernels.softmaxCrossEntropy(
                input.start,
                lanes,
                gradient.start,
                losses.start,
                &isCorrect,
                10
            )
            kernels.smoothLabels(
                input.start,
                lanes,
                gradient.start,
                losses.start,
                Float(smoothing),
                10
            )
            let right = expected(rows, labels, smoothing: smoothing)
            for sample in 0..<16 {
                let loss = sample < sampleCount ? right.loss[sample] : 0
                #expect(abs(Double(losses.start[sample]) - loss) < 1e-6, "\(kernels.name)")
                let found = gradient.sample(sample)
                for index in 0..<10 {
                    let value = sample < sampleCount ? right.gradient[sample][index] : 0
                    #expect(abs(Double(found[index]) - value) < 1e-7, "\(kernels.name) \(sample)")
                }
            }
        }
    }

    @Test func `has the same bits on every instruction set, and none where it is off`() {
        let samples = randomShard(count: 11, seed: 5)
        let parameters = ParameterBuffer.initial(seed: 2)
        func bits(_ kernels: KernelSet, _ smoothing: Float) -> [UInt32] {
            let computer = ShardComputer(kernels: kernels, transform: InputTransform())
            let gradient = ParameterBuffer()
            samples.withUnsafeBytes { computer.load($0) }
            computer.convolutionsForward(parameters.start)
            let sums = computer.fullyConnectedForward(
                parameters.start,
                labelSmoothing: smoothing
            )
            computer.fullyConnectedBackward(parameters.start, into: gradient.start)
            computer.convolutionsBackward(parameters.start, into: gradient.start)
            return [sums.lossSum.bitPattern] + gradient.floats.map(\.bitPattern)
        }
        let sets = KernelSet.runnable
        #expect(Set(sets.map { bits($0, 0.1) }).count == 1)
        #expect(Set(sets.map { bits($0, 0) }).count == 1)
        #expect(bits(sets[0], 0) != bits(sets[0], 0.1))
    }
}
