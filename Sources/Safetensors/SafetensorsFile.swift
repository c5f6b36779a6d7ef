/// The bytes of a safetensors file, checked, with its metadata and its table of tensors.
///
/// Layout: the header's size N as 64 bits little-endian; N bytes of JSON, padded with spaces so
/// that the data begin at a multiple of 8; the data section, which the tensors cover without holes
/// or overlaps (https://github.com/huggingface/safetensors, README, "Format"). Numbers are
/// little-endian as the format asks and as every machine that this builds for is.
public struct SafetensorsFile: Equatable, Sendable {
    /// One tensor of a file.
    public struct Tensor: Equatable, Sendable {
        /// The tensor's name.
        public let name: String
        /// What its elements are.
        public let dataType: DataType
        /// Its dimensions, outermost first; empty for a single number.
        public let shape: [Int]
        /// Where its bytes lie in the data section.
        public let range: Range<Int>
    }

    /// The `__metadata__` of the header.
    public let metadata: [String: String]
    /// The tensors in the order of their bytes.
    public let tensors: [Tensor]
    /// The whole file.
    let bytes: [UInt8]
    /// The offset of the data section in `bytes`.
    let dataStart: Int

    /// Gives the data section to `body`.
    public func withData<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
        -> Result
    {
        try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[dataStart...])) }
    }

    /// The tensor of that name; nil where the file has none.
    public subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

    /// A copy of a tensor's 32-bit floats, the last dimension running fastest.
    ///
    /// - Precondition: the tensor is of this file, and its elements are 32-bit floats.
    public func floats(of tensor: Tensor) -> [Float] {
        precondition(tensor.dataType == .f32, "\(tensor.name) holds \(tensor.dataType.rawValue)")
        let size = tensor.dataType.size
        return withData { data in
            [Float](unsafeUninitializedCapacity: tensor.range.count / size) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer)
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: data[tensor.range]))
                count = tensor.range.count / size
            }
        }
    }
}
