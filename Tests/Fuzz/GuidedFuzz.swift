import Foundation

/// Fuzzing that looks for inputs which reach more of the code: LLVM's libFuzzer, where the build
/// has it (`--sanitize=fuzzer`, with the condition `GUIDED`).
enum GuidedFuzz {
    /// This build has no libFuzzer.
    struct Missing: Error, CustomStringConvertible {
        let description =
            "--guided: a build without libFuzzer was found where one with it was expected; see the README"
    }

    nonisolated(unsafe) private static var target: FuzzTarget?

    /// Runs one target until the time is over or it dies of an input, which libFuzzer keeps in a
    /// file of the working folder; then the process ends.
    ///
    /// - Parameter folder: takes the corpus, and inputs that reach more code.
    /// - Throws: ``Missing``, and when the corpus cannot be written.
    static func run(
        _ target: FuzzTarget,
        in folder: String,
        seconds: Double,
        seed: UInt64
    ) throws {
        #if GUIDED
            let url = URL(filePath: folder)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            for (index, bytes) in target.corpus.enumerated() {
                try Data(bytes).write(to: url.appending(path: "corpus-\(index)"))
            }
            Self.target = target
            let arguments = [
                "lockstep-fuzz", "-max_total_time=\(Int(seconds))", "-timeout=30",
                "-seed=\(UInt32(truncatingIfNeeded: seed))", folder,
            ]
            var pointers = arguments.map { strdup($0) } + [nil]
            var count = CInt(arguments.count)
            try pointers.withUnsafeMutableBufferPointer { buffer in
                var start = buffer.baseAddress
                let status = runDriver(&count, &start) { bytes, size in
                    GuidedFuzz.target?.run(Array(UnsafeBufferPointer(start: bytes, count: size)))
                    return 0
                }
                guard status == 0 else { throw ExitCode(status) }
            }
        #else
            throw Missing()
        #endif
    }
}

#if GUIDED
    import ArgumentParser

    /// libFuzzer's own entry (compiler-rt, FuzzerInterface.h).
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt
#endif
