private import Glibc

/// The number types of the reference: fp32, to compare with the kernels, and fp64, to differentiate
/// numerically.
package protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
    /// e to the power of this number.
    var exponential: Self { get }
    /// The natural logarithm of this number.
    var logarithm: Self { get }
}

extension Float: ReferenceScalar {
    /// Computed in double precision and rounded.
    package var exponential: Float { Float(exp(Double(self))) }
    /// Computed in double precision and rounded.
    package var logarithm: Float { Float(log(Double(self))) }
}

extension Double: ReferenceScalar {
    /// The C library's.
    package var exponential: Double { exp(self) }
    /// The C library's.
    package var logarithm: Double { log(self) }
}
