import KernelReference
import Testing

struct ReferenceOptimizerTests {
    @Test func `moves by the learning rate at the first step`() {
        // At step 1 both corrections cancel: m/√v is ±1 whatever the gradient's size.
        var (p, m, v): ([Double], [Double], [Double]) = ([1, 1], [0, 0], [0, 0])
        ReferenceOptimizer.adam(
            parameters: &p,
            firstMoment: &m,
            secondMoment: &v,
            gradientSum: [64, -0.5],
            sampleCount: 32,
            step: 1,
            learningRate: 0.001,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 0
        )
        #expect(abs(p[0] - 0.999) < 1e-12)
        #expect(abs(p[1] - 1.001) < 1e-12)
    }

    @Test func `adds as a binary tree and passes a lone child through`() {
        // In fp32 2²⁴ + 1 = 2²⁴, so the order of additions shows.
        let leaves: [[Float]] = [[0x1p24], [1], [1], [1], [1]]
        #expect(ReferenceOptimizer.treeSum(leaves) == [0x1p24 + 2 + 1])
        #expect(ReferenceOptimizer.treeSum([[7 as Float]]) == [7])
    }
}
