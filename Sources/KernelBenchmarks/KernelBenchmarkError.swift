package import Kernels

/// Why a benchmark has no figures to show.
package enum KernelBenchmarkError: Error, Equatable, CustomStringConvertible {
    /// A kernel's result is not that of the naive reference.
    case mismatch(kernel: String, set: String, found: Float, expected: Float)

    /// There are no kernels to measure.
    case kernels(KernelError)

    /// The sentence for the operator.
    package var description: String {
        switch self {
        case .mismatch(let kernel, let set, let found, let expected):
            "checking \(kernel) of the \(set) kernels: \(found) where the naive reference gives"
                + " \(expected); do not trust results of this machine or build."
        case .kernels(let error):
            error.description
        }
    }
}
