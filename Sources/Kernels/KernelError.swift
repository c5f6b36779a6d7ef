/// Why no kernels can be chosen.
package enum KernelError: Error, Equatable, CustomStringConvertible {
    /// `LOCKSTEP_KERNELS` names no kernels.
    case unknownName(String, known: [String])
    /// `LOCKSTEP_KERNELS` names kernels that this CPU cannot run.
    case unsupported(String, runnable: [String])
    /// This CPU can run none of the kernels.
    case noneRunnable

    /// The sentence for the operator.
    package var description: String {
        switch self {
        case .unknownName(let name, let known):
            "LOCKSTEP_KERNELS: '\(name)' where one of \(known.joined(separator: ", ")) was expected;"
                + " unset it to let the program choose."
        case .unsupported(let name, let runnable):
            "LOCKSTEP_KERNELS: this CPU cannot run the '\(name)' kernels, only"
                + " \(runnable.joined(separator: ", ")); unset it to let the program choose."
        case .noneRunnable:
            "choosing the kernels: this CPU has neither AVX-512 nor AVX2 with FMA, of which one is"
                + " needed; run on an x86-64-v3 CPU (Intel since 2013, AMD since 2015) or on arm64."
        }
    }
}
