#if canImport(Glibc)
    private import Glibc
#else
    private import Darwin
#endif

/// The number types of the reference: fp32, to compare with the kernels, and fp64, to differentiate
/// numerically.
package protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
    /// e to the power of this number.
    var exponential: Self { get }
    /// The natural logarithm of this number.
    var logarithm: Self { get }
}

extension Float: ReferenceScalar {
    package var exponential: Float { Float(exp(Double(self))) }
    package var logarithm: Float { Float(log(Double(self))) }
}

extension Double: ReferenceScalar {
    package var exponential: Double { exp(self) }
    package var logarithm: Double { log(self) }
}
