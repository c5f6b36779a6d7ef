import Kernels
import SeededRandom
import Testing

@testable import Model

/// Optimizers beside Adam, against loops over single floats.
struct OptimizerRuleTests {
    private static let rules = [
        OptimizerRule(.sgd(momentum: 0, isNesterov: false), learningRate: LearningRate(0.1)),
        OptimizerRule(.sgd(momentum: 0.9, isNesterov: false), learningRate: LearningRate(0.1)),
        OptimizerRule(
            .sgd(momentum: 0.9, isNesterov: true),
            learningRate: LearningRate(0.1),
            weightDecay: 0.5,
            averageDecay: 0.75
        ),
    ]

    private func gradient(_ step: Int) -> ParameterBuffer {
        let gradient = ParameterBuffer()
        var random = RandomStream(seed: 7, stream: UInt64(step))
        for index in 0..<LeNet.digits.parameterCount {
            gradient.floats[index] = random.uniformFloat() - 0.5
        }
        return gradient
    }

    /// One step in place.
    private func make(
        _ rule: OptimizerRule,
        _ number: Int,
        _ buffers: OptimizerBuffers,
        _ kernels: KernelSet
    ) {
        let gradient = gradient(number)
        // A step names memory only.
        withExtendedLifetime(gradient) {
            rule.step(
                number,
                from: buffers,
                to: buffers,
                gradientSum: gradient,
                sampleCount: 24
            )
            .make(0..<LeNet.digits.parameterCount, kernels: kernels)
        }
    }

    /// Five steps by kernels: the parameters, then the slots.
    private func trained(_ rule: OptimizerRule, _ kernels: KernelSet) -> [ParameterBuffer] {
        let buffers = rule.initialBuffers(of: ParameterBuffer.initial(seed: 1))
        for step in 1...5 {
            make(rule, step, buffers, kernels)
        }
        return [buffers.parameters] + buffers.slots
    }

    /// The same, a float at a time, with the fused multiply-adds of the formulas.
    private func reference(_ rule: OptimizerRule) -> [[Float]] {
        guard case .sgd(let momentum, let isNesterov) = rule.method else { return [] }
        let initial = ParameterBuffer.initial(seed: 1)
        let start = withExtendedLifetime(initial) { Array(initial.floats) }
        var (parameters, velocity, average) = (start, start.map { _ in Float(0) }, start)
        for step in 1...5 {
            let sum = gradient(step)
            defer { withExtendedLifetime(sum) {} }
            let rate = Float(rule.learningRate.rate(step: step))
            let decay = Float(min(rule.averageDecay, Double(1 + step) / Double(10 + step)))
            for index in start.indices {
                let g = sum.floats[index] * (1 / Float(24))
                velocity[index] = g.addingProduct(momentum, velocity[index])
                let d = isNesterov ? g.addingProduct(momentum, velocity[index]) : velocity[index]
                var p = parameters[index]
                if rule.weightDecay > 0 { p *= Float(1 - Double(rate) * rule.weightDecay) }
                parameters[index] = p.addingProduct(-rate, d)
                average[index] = (parameters[index] * (1 - decay))
                    .addingProduct(decay, average[index])
            }
        }
        let state = momentum > 0 ? [velocity] : []
        return [parameters] + state + (rule.averageDecay > 0 ? [average] : [])
    }

    @Test(arguments: rules)
    func `has the bits of a loop over single floats, on every instruction set`(
        rule: OptimizerRule
    ) {
        let expected = reference(rule)
        for kernels in KernelSet.runnable {
            let found = trained(rule, kernels)
            defer { withExtendedLifetime(found) {} }
            #expect(found.count == 1 + rule.slotNames.count)
            for (buffer, floats) in zip(found, expected) {
                #expect(buffer.floats.elementsEqual(floats), "\(kernels.name)")
            }
        }
    }

    @Test func `takes AdamW's decay off the parameters alone`() {
        for kernels in KernelSet.runnable {
            let rate = LearningRate(0.01)
            let plain = OptimizerRule(learningRate: rate)
            let decaying = OptimizerRule(learningRate: rate, weightDecay: 0.5)
            let start = ParameterBuffer.initial(seed: 3)
            let shrunk = ParameterBuffer()
            for index in 0..<LeNet.digits.parameterCount {
                shrunk.floats[index] = start.floats[index] * 0.995
            }
            let (first, second) = (
                plain.initialBuffers(of: shrunk), decaying.initialBuffers(of: start)
            )
            for (rule, buffers) in [(plain, first), (decaying, second)] {
                make(rule, 1, buffers, kernels)
            }
            #expect(shrunk.bytes.elementsEqual(start.bytes), "\(kernels.name)")
            for (left, right) in zip(first.slots, second.slots) {
                #expect(left.bytes.elementsEqual(right.bytes), "\(kernels.name)")
            }
        }
    }

    @Test func `names the slots of its state`() {
        #expect(OptimizerRule().slotNames == ["adam.firstMoment", "adam.secondMoment"])
        #expect(Self.rules.map(\.slotNames) == [[], ["sgd.velocity"], ["sgd.velocity", "ema"]])
        let start = ParameterBuffer.initial(seed: 1)
        let rule = Self.rules[2]
        let average = rule.average(in: rule.initialBuffers(of: start))
        #expect(average?.bytes.elementsEqual(start.bytes) == true)
        #expect(OptimizerRule().average(in: OptimizerRule().initialBuffers(of: start)) == nil)
    }
}
