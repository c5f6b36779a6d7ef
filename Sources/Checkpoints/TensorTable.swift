import Safetensors

/// The names and shapes of the tensors that make up one flat buffer of floats, in its order.
///
/// The caller's model owns the table; this module only follows it. The same table names the
/// parameters and, behind a prefix, each slot of the optimizer's state.
package struct TensorTable: Equatable, Sendable {
    /// One tensor of the buffer.
    package struct Entry: Equatable, Sendable {
        /// The tensor's name, such as `conv1.weight`.
        package let name: String
        /// Its dimensions, outermost first.
        package let shape: [Int]
        /// How many floats it has.
        package let elementCount: Int
        /// Where its bytes lie in the flat buffer.
        package let range: Range<Int>
    }

    /// The tensors, in the buffer's order.
    package let entries: [Entry]

    /// Lays the tensors out one behind the other.
    ///
    /// - Precondition: the names differ, none is `__metadata__`, and no dimension is negative.
    package init(_ tensors: [(name: String, shape: [Int])]) {
        var start = 0
        entries = tensors.map { name, shape in
            precondition(shape.allSatisfy { $0 >= 0 }, "\(name) has the shape \(shape)")
            let elementCount = shape.reduce(1, *)
            let range = start..<start + elementCount * floatSize
            start = range.upperBound
            return Entry(name: name, shape: shape, elementCount: elementCount, range: range)
        }
        precondition(
            Set(entries.map(\.name) + ["__metadata__"]).count == entries.count + 1,
            "tensor names must differ from each other and from __metadata__"
        )
    }

    /// The size of the flat buffer, in bytes.
    package var size: Int { entries.last?.range.upperBound ?? 0 }

    /// How many floats the flat buffer has.
    package var elementCount: Int { size / floatSize }

    /// Names the tensors of a flat buffer, each with the prefix in front.
    ///
    /// - Precondition: the buffer's size is the table's.
    func views(of buffer: UnsafeRawBufferPointer, prefix: String = "") -> [TensorView] {
        precondition(
            buffer.count == size,
            "a buffer of \(buffer.count) bytes for a table of \(size)"
        )
        return entries.map { entry in
            TensorView(
                name: prefix + entry.name,
                shape: entry.shape,
                bytes: UnsafeRawBufferPointer(rebasing: buffer[entry.range])
            )
        }
    }
}

/// The size of a float in a buffer and in a file, in bytes.
private let floatSize = MemoryLayout<Float>.size
