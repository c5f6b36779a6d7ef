import KernelBenchmarks
import Kernels
import Testing

struct KernelCheckTests {
    @Test(arguments: [1, 7, 16])
    func `finds every kernel equal to the reference`(sampleCount: Int) throws {
        for kernels in KernelSet.runnable {
            var check = KernelCheck(kernels: kernels, sampleCount: sampleCount)
            try check.run()
        }
    }
}
