/// A tensor to be written: its name, its shape, and its elements wherever they lie.
public struct TensorView {
    /// The tensor's name.
    public let name: String
    /// What its elements are.
    public let dataType: DataType
    /// Its dimensions, outermost first.
    public let shape: [Int]
    /// Its elements; the caller keeps them alive and still.
    public let bytes: UnsafeRawBufferPointer

    /// Describes a tensor.
    ///
    /// - Precondition: the shape's elements fill the bytes.
    public init(
        name: String,
        dataType: DataType = .f32,
        shape: [Int],
        bytes: UnsafeRawBufferPointer
    ) {
        precondition(
            shape.reduce(dataType.size, *) == bytes.count,
            "\(name) of shape \(shape) in \(bytes.count) bytes"
        )
        self.name = name
        self.dataType = dataType
        self.shape = shape
        self.bytes = bytes
    }
}
