import Figures
import KernelReference
import Kernels
import Model
import Testing

struct NonfiniteParametersTests {
    /// The last one's bits are a NaN that an addition in the exponent would turn into a number.
    private static let badNumbers: [Float] = [
        .nan, .infinity, -.infinity, Float(nan: 0x1F_FFFF, signaling: false),
    ]

    @Test(arguments: LeNet.digits.tensors.map(\.name))
    func `hides no number that is not finite, in forward or backward`(name: String) throws {
        let samples = randomShard(count: 16, seed: 3)
        let tensor = try #require(LeNet.digits.tensors.first { $0.name == name })
        for bad in Self.badNumbers {
            let parameters = ParameterBuffer.initial(seed: 1)
            parameters.floats[(tensor.range.lowerBound + tensor.range.upperBound) / 2] = bad
            let reference = ReferenceLeNet<Float>(parameters: Array(parameters.floats))
            let expected = reference.gradient(samples: samples)
            for kernels in KernelSet.runnable {
                let gradient = ParameterBuffer()
                let computer = ShardComputer(kernels: kernels, transform: InputTransform())
                let result = samples.withUnsafeBytes {
                    computer.gradient(of: parameters.start, samples: $0, into: gradient.start)
                }
                #expect(isAlike(result.lossSum, expected.lossSum), "\(kernels.name), \(bad)")
                #expect(result.correctCount == expected.correctCount, "\(kernels.name), \(bad)")
                let differing = (0..<LeNet.digits.parameterCount).filter {
                    !isAlike(gradient.floats[$0], expected.gradient[$0])
                }
                #expect(differing.isEmpty, "\(kernels.name), \(bad): \(differing.count)")
                let probabilities = samples.dropFirst().prefix(784).withUnsafeBytes {
                    computer.probabilities(parameters: parameters.start, images: $0)[0]
                }
                let image = Array(samples[1..<785])
                #expect(
                    zip(probabilities, reference.probabilities(image: image)).allSatisfy(isAlike)
                )
            }
        }
    }

    @Test func `a NaN anywhere shows in the loss`() {
        let samples = randomShard(count: 1, seed: 3)
        for tensor in LeNet.digits.tensors {
            for kernels in KernelSet.runnable {
                let parameters = ParameterBuffer.initial(seed: 1)
                parameters.floats[tensor.range.lowerBound] = .nan
                let computer = ShardComputer(kernels: kernels, transform: InputTransform())
                let result = samples.withUnsafeBytes {
                    computer.evaluate(parameters: parameters.start, samples: $0)
                }
                #expect(result.lossSum.isNaN, "\(kernels.name), \(tensor.name)")
                #expect(result.correctCount == 0, "\(kernels.name), \(tensor.name)")
            }
        }
    }

    /// Whether two numbers are both NaN, the same infinity, or both finite: how near finite ones
    /// are is tested elsewhere.
    private func isAlike(_ left: Float, _ right: Float) -> Bool {
        left.isFinite ? right.isFinite : left == right || left.isNaN && right.isNaN
    }
}
