import Figures
import KernelReference
import Kernels
import Model
import SeededRandom
import Testing

struct ShardComputerTests {
    private static let transforms = InputTransform.Geometry.allCases.flatMap { geometry in
        InputTransform.Scale.allCases.map { InputTransform(geometry: geometry, scale: $0) }
    }

    private func gradient(
        _ kernels: KernelSet,
        _ transform: InputTransform,
        _ samples: [UInt8],
        parameters: ParameterBuffer = .initial(seed: 1)
    ) -> (LossSums, ParameterBuffer) {
        let gradient = ParameterBuffer()
        let result = FloatingPointMode.withSubnormalsFlushed {
            let computer = ShardComputer(kernels: kernels, transform: transform)
            return samples.withUnsafeBytes {
                computer.gradient(of: parameters.start, samples: $0, into: gradient.start)
            }
        }
        return (result, gradient)
    }

    @Test(arguments: transforms)
    func `agrees with the reference for shards of 1 to 16 samples`(transform: InputTransform) {
        let parameters = ParameterBuffer.initial(seed: 1)
        // Biases begin as zero, and a zero in the wrong place would not show.
        var random = RandomStream(seed: 1, stream: 1)
        for tensor in LeNet.digits.tensors where tensor.fanIn == 0 {
            for index in tensor.range {
                parameters.floats[index] = random.uniformFloat() * 0.2 - 0.1
            }
        }
        // Raw pixels are 255 times as large: smaller weights keep softmax away from its corners.
        if transform.scale == .none {
            for index in 0..<150 { parameters.floats[index] /= 255 }
        }
        let samples = randomShard(count: 16, seed: 5)
        let reference = ReferenceLeNet<Double>(
            parameters: parameters.floats.map { Double($0) },
            isResized: transform.geometry == .resize,
            isScaled: transform.scale == .unit
        )
        var lossSum = 0.0
        var correctCount = 0
        var sum = [Double](repeating: 0, count: LeNet.digits.parameterCount)
        // Every count with the default transform; the loading of the others with a few.
        let isDefault = transform == InputTransform()
        for count in 1...16 {
            let last = reference.gradient(
                samples: Array(samples[(count - 1) * 785..<count * 785])
            )
            lossSum += last.lossSum
            correctCount += last.correctCount
            for index in sum.indices { sum[index] += last.gradient[index] }
            for kernels in KernelSet.runnable where isDefault || [1, 7, 16].contains(count) {
                let (result, found) = gradient(
                    kernels,
                    transform,
                    Array(samples[..<(count * 785)]),
                    parameters: parameters
                )
                #expect(abs(Double(result.lossSum) - lossSum) < 1e-5 * lossSum)
                #expect(result.correctCount == correctCount)
                for tensor in LeNet.digits.tensors {
                    var (greatest, worst) = (0.0, 0.0)
                    for index in tensor.range {
                        greatest = max(greatest, abs(sum[index]))
                        worst = max(worst, abs(Double(found.floats[index]) - sum[index]))
                    }
                    #expect(
                        worst < 5e-6 * greatest,
                        "\(kernels.name), \(count) samples, \(tensor.name)"
                    )
                }
            }
        }
    }

    @Test(arguments: transforms)
    func `gives the same bits with every set of kernels`(transform: InputTransform) {
        for count in 1...16 {
            let samples = randomShard(count: count, seed: UInt64(count))
            let all = KernelSet.runnable.map { gradient($0, transform, samples) }
            for (result, buffer) in all {
                #expect(result == all[0].0, "\(count) samples")
                #expect(buffer.bytes.elementsEqual(all[0].1.bytes), "\(count) samples")
            }
        }
    }

    @Test func `gives the bits that every CPU must give`() {
        for kernels in KernelSet.runnable {
            let hash = FloatingPointMode.withSubnormalsFlushed { hashAfterTraining(kernels) }
            #expect(hash == 9_713_076_061_702_760_996, "\(kernels.name): \(hash)")
        }
    }

    /// Trains ten steps of two shards and hashes the parameters (FNV-1a, 64 bits).
    private func hashAfterTraining(_ kernels: KernelSet) -> UInt64 {
        let p = ParameterBuffer.initial(seed: 1)
        let buffers = OptimizerRule().initialBuffers(of: p)
        for step in 1...10 {
            let (_, left) = gradient(
                kernels,
                InputTransform(),
                randomShard(count: 16, seed: UInt64(step)),
                parameters: p
            )
            let (_, right) = gradient(
                kernels,
                InputTransform(),
                randomShard(count: 9, seed: UInt64(100 + step)),
                parameters: p
            )
            kernels.add(into: left.start, right.start, count: LeNet.digits.parameterCount)
            OptimizerRule()
                .step(step, from: buffers, to: buffers, gradientSum: left, sampleCount: 25)
                .make(0..<LeNet.digits.parameterCount, kernels: kernels)
        }
        return p.bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    @Test func `evaluates to the loss and correctness of the gradient`() {
        for kernels in KernelSet.runnable {
            let samples = randomShard(count: 13, seed: 1)
            let (expected, _) = gradient(kernels, InputTransform(), samples)
            let computer = ShardComputer(kernels: kernels, transform: InputTransform())
            let parameters = ParameterBuffer.initial(seed: 1)
            let found = samples.withUnsafeBytes {
                computer.evaluate(parameters: parameters.start, samples: $0)
            }
            #expect(found == expected, "\(kernels.name)")
        }
    }

    @Test func `predicts the reference's probabilities`() {
        let parameters = ParameterBuffer.initial(seed: 1)
        let reference = ReferenceLeNet<Double>(parameters: parameters.floats.map { Double($0) })
        let samples = randomShard(count: 3, seed: 2)
        let images = (0..<3).map { Array(samples[$0 * 785 + 1..<($0 + 1) * 785]) }
        for kernels in KernelSet.runnable {
            let computer = ShardComputer(kernels: kernels, transform: InputTransform())
            let found = images.flatMap { $0 }.withUnsafeBytes {
                computer.probabilities(parameters: parameters.start, images: $0)
            }
            #expect(found.count == 3)
            for (image, probabilities) in zip(images, found) {
                let expected = reference.probabilities(image: image)
                #expect(probabilities.count == 10)
                for (a, b) in zip(probabilities, expected) {
                    #expect(abs(Double(a) - b) < 1e-6, "\(kernels.name)")
                }
            }
        }
    }

    @Test func `reads samples at any alignment`() {
        let samples = randomShard(count: 4, seed: 3)
        let parameters = ParameterBuffer.initial(seed: 1)
        for kernels in KernelSet.runnable {
            let (expected, bits) = gradient(kernels, InputTransform(), samples)
            let computer = ShardComputer(kernels: kernels, transform: InputTransform())
            let found = ParameterBuffer()
            for shift in 1...3 {
                let moved = [UInt8](repeating: 7, count: shift) + samples
                let result = moved.withUnsafeBytes {
                    computer.gradient(
                        of: parameters.start,
                        samples: UnsafeRawBufferPointer(rebasing: $0[shift...]),
                        into: found.start
                    )
                }
                #expect(result == expected)
                #expect(found.bytes.elementsEqual(bits.bytes))
            }
        }
    }

    @Test func `forgets the shard before`() {
        let samples = randomShard(count: 2, seed: 4)
        let before = randomShard(count: 16, seed: 5)
        let parameters = ParameterBuffer.initial(seed: 1)
        for kernels in KernelSet.runnable {
            let (expected, bits) = gradient(kernels, InputTransform(), samples)
            let computer = ShardComputer(kernels: kernels, transform: InputTransform())
            let found = ParameterBuffer()
            for shard in [before, samples] {
                let result = shard.withUnsafeBytes {
                    computer.gradient(of: parameters.start, samples: $0, into: found.start)
                }
                if shard == samples { #expect(result == expected) }
            }
            #expect(found.bytes.elementsEqual(bits.bytes))
        }
    }

    @Test func `takes a label over 9 as no sample`() {
        let sample = randomShard(count: 1, seed: 6)
        var bad = randomShard(count: 1, seed: 7)
        for kernels in KernelSet.runnable {
            let (expected, bits) = gradient(kernels, InputTransform(), sample)
            for label in [UInt8(10), 128, 255] {
                bad[0] = label
                let (found, buffer) = gradient(kernels, InputTransform(), sample + bad)
                #expect(found == expected, "label \(label)")
                #expect(zip(buffer.floats, bits.floats).allSatisfy { $0 == $1 })
            }
        }
    }
}
