import JSON

extension SafetensorsFile {
    /// The largest header that is read, in bytes; a larger size is taken for damage.
    public static let headerSizeMax = 4 << 20

    /// Reads a file's bytes; `path` is only for messages.
    ///
    /// - Parameter dataType: what every tensor has to be of; nil for any type.
    /// - Throws: ``SafetensorsError/malformed(path:found:expected:)`` when any rule of the format
    ///   is broken, ``SafetensorsError/wrongDataType(path:tensor:found:expected:)`` when a tensor
    ///   is of another type.
    public init(
        decoding bytes: [UInt8],
        path: String,
        dataType: DataType? = nil
    ) throws(SafetensorsError) {
        let headerSize = try Self.headerSize(of: bytes, path: path)
        let header: [StrictJSON.Member]
        do throws(StrictJSON.Problem) {
            let json = try StrictJSON(parsing: bytes[8..<8 + headerSize])
            guard let members = json.members, bytes[8] == UInt8(ascii: "{") else {
                throw StrictJSON.Problem(
                    found: "a header that does not begin with {",
                    expected: "{"
                )
            }
            header = members
            metadata = try json["__metadata__"]?.strings() ?? [:]
        } catch {
            throw .malformed(path: path, found: error.found, expected: error.expected)
        }
        var tensors: [Tensor] = []
        for member in header where member.key != "__metadata__" {
            tensors.append(try Self.tensor(from: member, of: dataType, path: path))
        }
        // Empty tensors may share a place with the one behind them, so both ends decide.
        tensors.sort {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        self.tensors = tensors
        self.bytes = bytes
        dataStart = 8 + headerSize
        try Self.checkCover(tensors, dataSize: bytes.count - dataStart, path: path)
    }

    private static func headerSize(
        of bytes: [UInt8],
        path: String
    ) throws(SafetensorsError) -> Int {
        guard bytes.count >= 8 else {
            throw .malformed(
                path: path,
                found: "\(bytes.count) bytes",
                expected: "a header's size of 8 bytes"
            )
        }
        let size = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard size >= 2, size <= UInt64(headerSizeMax) else {
            throw .malformed(
                path: path,
                found: "a header's size of \(size)",
                expected: "one of 2 to \(headerSizeMax) bytes"
            )
        }
        guard Int(size) <= bytes.count - 8 else {
            throw .malformed(
                path: path,
                found: "\(bytes.count - 8) bytes behind the header's size",
                expected: "a header of \(size) bytes"
            )
        }
        return Int(size)
    }

    /// Reads one tensor's entry: its type, its shape, and the place that both must fill.
    private static func tensor(
        from member: StrictJSON.Member,
        of expectedType: DataType?,
        path: String
    ) throws(SafetensorsError) -> Tensor {
        let name = member.key
        guard let fields = member.value.members,
            Set(fields.map(\.key)) == ["dtype", "shape", "data_offsets"],
            let typeName = member.value["dtype"]?.string,
            let shape = member.value["shape"]?.numbers,
            let offsets = member.value["data_offsets"]?.numbers, offsets.count == 2
        else {
            throw .malformed(
                path: path,
                found: "another entry for tensor \"\(name)\"",
                expected: "dtype, shape and two data_offsets"
            )
        }
        guard let dataType = DataType(rawValue: typeName), expectedType ?? dataType == dataType
        else {
            throw .wrongDataType(path: path, tensor: name, found: typeName, expected: expectedType)
        }
        guard let size = size(ofShape: shape, dataType) else {
            throw .malformed(
                path: path,
                found: "the shape \(shape) of tensor \"\(name)\"",
                expected: "a size of 64 bits"
            )
        }
        guard offsets[0] <= offsets[1], offsets[1] - offsets[0] == size else {
            throw .malformed(
                path: path,
                found: "tensor \"\(name)\" of shape \(shape) at \(offsets[0]) to \(offsets[1])",
                expected: "a range of \(size) bytes"
            )
        }
        return Tensor(
            name: name,
            dataType: dataType,
            shape: shape,
            range: offsets[0]..<offsets[1]
        )
    }

    /// The size of a tensor in bytes, unless it is beyond all bounds.
    private static func size(ofShape shape: [Int], _ dataType: DataType) -> Int? {
        // A zero makes the tensor empty, however absurd its other dimensions are.
        if shape.contains(0) { return 0 }
        var size = dataType.size
        for dimension in shape {
            let product = size.multipliedReportingOverflow(by: dimension)
            if product.overflow { return nil }
            size = product.partialValue
        }
        return size
    }

    /// Checks that the tensors lie end to end from the data section's first byte to its last.
    private static func checkCover(
        _ tensors: [Tensor],
        dataSize: Int,
        path: String
    ) throws(SafetensorsError) {
        var end = 0
        for tensor in tensors {
            guard tensor.range.lowerBound == end else {
                throw .malformed(
                    path: path,
                    found: "tensor \"\(tensor.name)\" at offset \(tensor.range.lowerBound)",
                    expected: "offset \(end), the end of the one before it"
                )
            }
            end = tensor.range.upperBound
        }
        guard end == dataSize else {
            throw .malformed(
                path: path,
                found: "a data section of \(dataSize) bytes",
                expected: "\(end) bytes for its tensors"
            )
        }
    }
}

extension StrictJSON {
    /// The elements of an array that has only whole numbers.
    fileprivate var numbers: [Int]? {
        guard let elements else { return nil }
        let numbers = elements.compactMap(\.count)
        return numbers.count == elements.count ? numbers : nil
    }
}
