import Kernels
import Testing

struct KernelSetTests {
    #if !arch(arm64)
        @Test func `prefers AVX-512 and falls back to AVX2`() throws {
            #expect(try KernelSet.choose(forced: nil, processorLevel: 4).name == "avx512")
            #expect(try KernelSet.choose(forced: nil, processorLevel: 3).name == "avx2")
            #expect(try KernelSet.choose(forced: "", processorLevel: 3).name == "avx2")
        }

        @Test func `runs the kernels that the environment names`() throws {
            #expect(try KernelSet.choose(forced: "avx2", processorLevel: 4).name == "avx2")
            #expect(try KernelSet.choose(forced: "avx512", processorLevel: 4).name == "avx512")
        }

        @Test func `refuses what the CPU cannot run`() {
            #expect(throws: KernelError.unsupported("avx512", runnable: ["avx2"])) {
                try KernelSet.choose(forced: "avx512", processorLevel: 3)
            }
            #expect(throws: KernelError.noneRunnable) {
                try KernelSet.choose(forced: nil, processorLevel: 0)
            }
            #expect(throws: KernelError.noneRunnable) {
                try KernelSet.choose(forced: "avx2", processorLevel: 0)
            }
        }

        @Test func `refuses an unknown name and lists the known ones`() {
            #expect(throws: KernelError.unknownName("sse", known: ["avx512", "avx2"])) {
                try KernelSet.best(environment: ["LOCKSTEP_KERNELS": "sse"])
            }
            #expect(
                KernelError.unknownName("sse", known: ["avx512", "avx2"]).description
                    == "LOCKSTEP_KERNELS: 'sse' where one of avx512, avx2 was expected;"
                    + " unset it to let the program choose."
            )
        }
    #endif

    @Test func `chooses the first of what this machine runs`() throws {
        let best = try KernelSet.best(environment: [:])
        #expect(best.name == KernelSet.runnable.first?.name)
    }
}
