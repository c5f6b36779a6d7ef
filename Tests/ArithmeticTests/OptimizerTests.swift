import Kernels
import Model
import Testing

@testable import Arithmetic

struct OptimizerTests {
    private let kernels: KernelSet

    init() throws { kernels = try KernelSet.best(environment: [:]) }

    private func optimizer(_ rule: OptimizerRule) -> Optimizer {
        Optimizer(
            rule: rule,
            kernels: kernels,
            buffers: rule.initialBuffers(of: ParameterBuffer.initial(seed: 1))
        )
    }

    private func make(_ optimizer: Optimizer, step: Int, _ ranges: [Range<Int>]) {
        let gradient = ParameterBuffer.initial(seed: UInt64(step))
        for range in ranges {
            optimizer.apply(gradient, range: range, sampleCount: 32, step: step)
        }
        optimizer.finish(step: step)
    }

    private func floats(_ optimizer: Optimizer) -> [[Float]] {
        let buffers = optimizer.current
        return ([buffers.parameters] + buffers.slots).map { Array($0.floats) }
    }

    @Test(arguments: [
        OptimizerRule(), OptimizerRule(weightDecay: 0.1, averageDecay: 0.9),
        OptimizerRule(.sgd(momentum: 0, isNesterov: false), averageDecay: 0.9),
        OptimizerRule(.sgd(momentum: 0.9, isNesterov: true), weightDecay: 0.1),
    ])
    func `makes the same step whole, in segments, and after one that was abandoned`(
        rule: OptimizerRule
    ) {
        let (whole, parts, abandoned) = (optimizer(rule), optimizer(rule), optimizer(rule))
        for step in 2...6 {
            whole.beginWholeStep()
            make(whole, step: step, [0..<LeNet.digits.parameterCount])
            make(parts, step: step, LeNet.digits.segments.reversed().map(\.range))
            let before = floats(abandoned)
            abandoned.apply(
                ParameterBuffer.initial(seed: 99),
                range: LeNet.digits.segments[1].range,
                sampleCount: 32,
                step: step
            )
            abandoned.abandonStep()
            #expect(floats(abandoned) == before)
            make(abandoned, step: step, LeNet.digits.segments.reversed().map(\.range))
        }
        #expect(floats(whole) == floats(parts))
        #expect(floats(whole) == floats(abandoned))
    }
}
