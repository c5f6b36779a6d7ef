internal import CKernelProcessor

/// The calling thread's treatment of subnormal numbers.
package enum FloatingPointMode {
    /// Makes the calling thread take subnormal inputs as zero and give zero for subnormal results.
    ///
    /// Every thread that computes gradients, adds them or updates parameters calls this first: it
    /// is part of the numeric contract, and a subnormal operand costs over a hundred cycles on many
    /// CPUs. Sets FTZ and DAZ in x86's MXCSR and FZ in arm64's FPCR. The two differ in one case: a
    /// result just below the smallest normal number that rounds up to it is kept on x86 and flushed
    /// on arm64.
    package static func flushSubnormals() {
        kernel_processor_flush_subnormals()
    }

    /// Runs `body` with subnormal numbers flushed, then gives the thread its former mode back.
    ///
    /// For a thread that is only borrowed.
    package static func withSubnormalsFlushed<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let mode = kernel_processor_mode()
        defer { kernel_processor_set_mode(mode) }
        kernel_processor_flush_subnormals()
        return try body()
    }

    /// Whether the calling thread flushes subnormal numbers.
    package static var flushesSubnormals: Bool {
        kernel_processor_flushes_subnormals()
    }
}
