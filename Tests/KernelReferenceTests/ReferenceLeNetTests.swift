import KernelReference
import SeededRandom
import Testing

struct ReferenceLeNetTests {
    /// The tensors' ranges in the flat buffer, spelled out so that a wrong table shows.
    private static let tensors = [
        0..<150, 150..<156, 156..<2_556, 2_556..<2_572, 2_572..<50_572, 50_572..<50_692,
        50_692..<60_772, 60_772..<60_856, 60_856..<61_696, 61_696..<61_706,
    ]

    @Test(arguments: [false, true])
    func `gives the gradient that finite differences give`(isResized: Bool) {
        for seed in [UInt64(1), 2] {
            var random = RandomStream(seed: seed, stream: 0)
            let parameters = (0..<61_706).map { _ in Double(random.uniformFloat() - 0.5) * 0.2 }
            let sample = [UInt8(seed)] + (0..<784).map { _ in UInt8(random.uniform(below: 256)) }
            let gradient = ReferenceLeNet(parameters: parameters, isResized: isResized)
                .gradient(samples: sample).gradient
            let greatest = gradient.map { abs($0) }.max() ?? 0
            for tensor in Self.tensors {
                for _ in 0..<4 {
                    let index =
                        tensor.lowerBound + Int(random.uniform(below: UInt64(tensor.count)))
                    let step = 1e-6
                    var (left, right) = (parameters, parameters)
                    left[index] -= step
                    right[index] += step
                    let difference =
                        ReferenceLeNet(parameters: right, isResized: isResized).loss(sample: sample)
                        - ReferenceLeNet(parameters: left, isResized: isResized)
                        .loss(sample: sample)
                    let slope = difference / (2 * step)
                    #expect(
                        abs(slope - gradient[index]) <= 1e-6 * max(greatest, 1),
                        "seed \(seed), parameter \(index)"
                    )
                }
            }
        }
    }

    @Test func `counts what it classifies rightly and sums losses and gradients`() {
        var random = RandomStream(seed: 3, stream: 0)
        let parameters = (0..<61_706).map { _ in random.uniformFloat() * 0.1 - 0.05 }
        let network = ReferenceLeNet(parameters: parameters)
        let image = (0..<784).map { _ in UInt8(random.uniform(below: 256)) }
        let probabilities = network.probabilities(image: image)
        let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        let right = [UInt8(best)] + image
        let wrong = [UInt8((best + 1) % 10)] + image
        let (a, b) = (network.gradient(samples: right), network.gradient(samples: wrong))
        let both = network.gradient(samples: right + wrong)
        #expect(a.correctCount == 1)
        #expect(b.correctCount == 0)
        #expect(both.correctCount == 1)
        #expect(both.lossSum == a.lossSum + b.lossSum)
        #expect(both.gradient == zip(a.gradient, b.gradient).map { $0 + $1 })
    }
}
