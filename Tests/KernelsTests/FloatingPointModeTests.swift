import Kernels
import Testing

struct FloatingPointModeTests {
    @Test func `flushes subnormal numbers, and gives the former mode back`() {
        let before = FloatingPointMode.flushesSubnormals
        for kernels in KernelSet.runnable {
            // The smallest normal number, and a half of it, which is subnormal.
            var values: [Float] = [.leastNormalMagnitude, .leastNormalMagnitude / 2]
            let zeros: [Float] = [0, 0]
            FloatingPointMode.withSubnormalsFlushed {
                kernels.add(into: &values, zeros, count: 2)
            }
            #expect(values == [.leastNormalMagnitude, 0], "\(kernels.name)")
        }
        #expect(FloatingPointMode.flushesSubnormals == before)
        let within = FloatingPointMode.withSubnormalsFlushed { () -> Bool in
            FloatingPointMode.flushSubnormals()
            return FloatingPointMode.flushesSubnormals
        }
        #expect(within)
    }
}
