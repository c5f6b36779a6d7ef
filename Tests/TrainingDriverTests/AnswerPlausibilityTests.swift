import Figures
import Kernels
import SeededRandom
import Testing
import Wire

@testable import TrainingDriver

/// What the figures of an answer can be at all.
struct AnswerPlausibilityTests {
    private let plausibility = AnswerPlausibility(classCount: 10)

    private func holds(_ loss: Float, _ correct: Int, of count: Int) -> Bool {
        plausibility.holds(
            for: LossSums(lossSum: loss, correctCount: correct),
            sampleCount: count
        )
    }

    @Test func `refuses figures that no samples have`() {
        #expect(!holds(-5, 16, of: 16))
        #expect(!holds(1, 17, of: 16))
        #expect(!holds(1, -1, of: 16))
        // Sixteen samples that are classified wrongly lose 11.09 at least.
        #expect(!holds(10, 0, of: 16))
        #expect(holds(11.1, 0, of: 16))
        // Sixteen that are classified rightly lose 36.8 at most.
        #expect(!holds(40, 16, of: 16))
        #expect(holds(36.8, 16, of: 16))
        #expect(holds(0, 16, of: 16))
    }

    @Test func `leaves what is not finite to whoever computes it again`() {
        #expect(holds(.nan, 0, of: 16))
        #expect(holds(.infinity, 3, of: 16))
        #expect(!holds(.nan, 17, of: 16))
    }

    @Test func `takes what the kernels give for any logits`() throws {
        let kernels = try KernelSet.best(environment: [:])
        var random = RandomStream(seed: 3, stream: 1)
        for size: Float in [0, 1e-6, 0.1, 1, 10, 1_000, 1e30] {
            let logits = (0..<160).map { _ in (random.uniformFloat() * 2 - 1) * size }
            let labels = (0..<16).map { _ in Int32(random.uniform(below: 10)) }
            var gradient = [Float](repeating: 0, count: 160)
            var losses = [Float](repeating: 0, count: 16)
            var isCorrect = [Int32](repeating: 0, count: 16)
            kernels.softmaxCrossEntropy(logits, labels, &gradient, &losses, &isCorrect, 10)
            let sums = LossSums(
                lossSum: losses.reduce(0, +),
                correctCount: Int(isCorrect.reduce(0, +))
            )
            #expect(plausibility.holds(for: sums, sampleCount: 16), "logits up to \(size)")
        }
    }
}
