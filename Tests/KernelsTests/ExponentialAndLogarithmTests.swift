import Foundation
import Kernels
import Testing

struct ExponentialAndLogarithmTests {
    /// The error in units of the last place of the true value.
    private func errorInUlps(_ found: Float, _ truth: Double) -> Double {
        let exponent = truth == 0 ? -126 : truth.exponent
        return abs(Double(found) - truth)
            * Double(sign: .plus, exponent: 23 - exponent, significand: 1)
    }

    @Test func `the exponential is right to 1 ulp from -87 to 0`() {
        for kernels in KernelSet.runnable {
            // Every 10,007th float from -87 to -0x1p-30: prime, so that all low bits occur.
            let patterns = stride(
                from: Float(-0x1p-30).bitPattern,
                through: Float(-87).bitPattern,
                by: 10_007
            )
            let inputs = patterns.map { Float(bitPattern: $0) }
            var worst = 0.0
            for start in Swift.stride(from: 0, to: inputs.count - 15, by: 16) {
                var values = Array(inputs[start..<start + 16])
                kernels.exponentials(&values, 16)
                for (x, y) in zip(inputs[start...], values) {
                    worst = max(worst, errorInUlps(y, exp(Double(x))))
                }
            }
            #expect(worst <= 1, "\(kernels.name)")
        }
    }

    @Test func `the exponential is exact at 0 and zero far below`() {
        for kernels in KernelSet.runnable {
            var values: [Float] = [0, -0.0, -87.5, -1e30, -.infinity]
            values += [Float](repeating: -88, count: 11)
            kernels.exponentials(&values, 16)
            #expect(values == [1, 1] + [Float](repeating: 0, count: 14), "\(kernels.name)")
        }
    }

    @Test func `the logarithm is right to 1 ulp from 1 to 10`() {
        for kernels in KernelSet.runnable {
            let inputs = stride(
                from: Float(1).bitPattern,
                through: Float(10).bitPattern,
                by: 307
            ).map { Float(bitPattern: $0) }
            var worst = 0.0
            for start in Swift.stride(from: 0, to: inputs.count - 15, by: 16) {
                var values = Array(inputs[start..<start + 16])
                kernels.logarithms(&values, 16)
                for (x, y) in zip(inputs[start...], values) {
                    worst = max(worst, errorInUlps(y, log(Double(x))))
                }
            }
            #expect(worst <= 1, "\(kernels.name)")
        }
    }
}
