import Kernels
import Testing

struct FinitenessTests {
    @Test func `finds a single number that is not finite, wherever it is`() {
        for kernels in KernelSet.runnable {
            for count in [0, 1, 7, 16, 33] {
                var values = (0..<count).map { Float($0) - 3.5 }
                #expect(kernels.areFinite(values, count: count))
                for index in 0..<count {
                    for bad in [Float.nan, .infinity, -.infinity, .signalingNaN] {
                        let good = values[index]
                        values[index] = bad
                        #expect(!kernels.areFinite(values, count: count), "\(bad) at \(index)")
                        values[index] = good
                    }
                    for good in [Float.greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0] {
                        values[index] = good
                        #expect(kernels.areFinite(values, count: count), "\(good) at \(index)")
                    }
                }
            }
        }
    }
}
