/// The bytes of a safetensors file, checked, with its metadata and its table of tensors.
///
/// Layout: the header's size N as 64 bits little-endian; N bytes of JSON, padded with spaces so
/// that the data begin at a multiple of 8; the data section, which the tensors cover without holes
/// or overlaps (https://github.com/huggingface/safetensors, README, "Format"). All tensors are
/// `F32` here, little-endian as the format asks and as every machine that this builds for is.
package struct SafetensorsFile: Equatable, Sendable {
    /// One tensor of a file.
    package struct Tensor: Equatable, Sendable {
        /// The tensor's name.
        package let name: String
        /// Its dimensions, outermost first; empty for a single number.
        package let shape: [Int]
        /// Where its bytes lie in the data section.
        package let range: Range<Int>
    }

    /// The `__metadata__` of the header.
    package let metadata: [String: String]
    /// The tensors in the order of their bytes.
    package let tensors: [Tensor]
    /// The whole file.
    let bytes: [UInt8]
    /// The offset of the data section in `bytes`.
    let dataStart: Int

    /// Gives the data section to `body`.
    package func withData<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[dataStart...])) }
    }
}

/// A tensor to be written: its name, its shape, and its floats wherever they lie.
package struct TensorView {
    /// The tensor's name.
    package let name: String
    /// Its dimensions, outermost first.
    package let shape: [Int]
    /// Its floats; the caller keeps them alive and still.
    package let bytes: UnsafeRawBufferPointer

    /// Describes a tensor.
    ///
    /// - Precondition: the shape's elements fill the bytes.
    package init(name: String, shape: [Int], bytes: UnsafeRawBufferPointer) {
        precondition(
            shape.reduce(floatSize, *) == bytes.count,
            "\(name) of shape \(shape) in \(bytes.count) bytes"
        )
        self.name = name
        self.shape = shape
        self.bytes = bytes
    }
}
