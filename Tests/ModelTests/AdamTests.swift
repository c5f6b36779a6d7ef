import KernelReference
import Kernels
import Model
import SeededRandom
import Testing

struct AdamTests {
    @Test func `follows the reference for ten steps`() {
        for kernels in KernelSet.runnable {
            let p = ParameterBuffer.initial(seed: 1)
            let rule = OptimizerRule()
            let buffers = rule.initialBuffers(of: p)
            let gradient = ParameterBuffer()
            var expected = p.floats.map { Double($0) }
            var (m2, v2) = (expected.map { _ in 0.0 }, expected.map { _ in 0.0 })
            var random = RandomStream(seed: 1, stream: 1)
            let adam = Adam()
            for step in 1...10 {
                for index in 0..<LeNet.digits.parameterCount {
                    gradient.floats[index] = random.uniformFloat() - 0.5
                }
                rule
                    .step(step, from: buffers, to: buffers, gradientSum: gradient, sampleCount: 32)
                    .make(0..<LeNet.digits.parameterCount, kernels: kernels)
                ReferenceOptimizer.adam(
                    parameters: &expected,
                    firstMoment: &m2,
                    secondMoment: &v2,
                    gradientSum: gradient.floats.map { Double($0) },
                    sampleCount: 32,
                    step: step,
                    learningRate: rule.learningRate.rate(step: step),
                    beta1: Double(adam.beta1),
                    beta2: Double(adam.beta2),
                    epsilon: Double(adam.epsilon)
                )
            }
            let worst = zip(p.floats, expected).map { abs(Double($0) - $1) }.max() ?? 1
            // Ten steps of 0.001; each rounds to 2⁻²⁵ of a parameter below 0.5 at worst.
            #expect(worst < 5e-7, "\(kernels.name)")
        }
    }

    @Test func `updates segments to the bits of the whole, and nothing beside them`() throws {
        for kernels in KernelSet.runnable {
            let gradient = ParameterBuffer.initial(seed: 2)
            let wholes = [ParameterBuffer.initial(seed: 1), ParameterBuffer(), ParameterBuffer()]
            let parts = [ParameterBuffer.initial(seed: 1), ParameterBuffer(), ParameterBuffer()]
            update(wholes, gradient, 0..<LeNet.digits.parameterCount, kernels)
            update(parts, gradient, LeNet.digits.segments[1].range, kernels)
            let untouched = ParameterBuffer.initial(seed: 1)
            #expect(
                parts[0].floats[..<2_572].elementsEqual(untouched.floats[..<2_572]),
                "\(kernels.name)"
            )
            update(parts, gradient, LeNet.digits.segments[0].range, kernels)
            for (whole, part) in zip(wholes, parts) {
                #expect(whole.bytes.elementsEqual(part.bytes), "\(kernels.name)")
            }
        }
    }

    private func update(
        _ buffers: [ParameterBuffer],
        _ gradient: ParameterBuffer,
        _ range: Range<Int>,
        _ kernels: KernelSet
    ) {
        let gathered = OptimizerBuffers(
            parameters: buffers[0],
            slots: SlotBuffers(Array(buffers.dropFirst()))
        )
        OptimizerRule().step(
            1,
            from: gathered,
            to: gathered,
            gradientSum: gradient,
            sampleCount: 32
        )
        .make(range, kernels: kernels)
    }
}
