/// An array of bytes as IDX files hold it: images, labels, or anything of 1 to 255 dimensions.
///
/// The first dimension counts items, such as images; the others are the shape of an item. IDX has
/// other types of elements than unsigned bytes, which no data set of MNIST's kind uses and which
/// are refused here.
public struct IDXArray: Equatable, Sendable {
    /// The size in each dimension, outermost first.
    public let dimensions: [Int]
    /// The elements, the last dimension running fastest.
    public let bytes: [UInt8]

    /// Takes elements that are in memory already.
    ///
    /// - Precondition: there are 1 to 255 dimensions, none negative or of more than 32 bits, and
    ///   the elements fill them.
    public init(dimensions: [Int], bytes: [UInt8]) {
        precondition((1...255).contains(dimensions.count), "\(dimensions.count) dimensions")
        precondition(
            dimensions.allSatisfy { UInt32(exactly: $0) != nil }
                && dimensions.reduce(1, *) == bytes.count,
            "\(bytes.count) bytes for the dimensions \(dimensions)"
        )
        self.dimensions = dimensions
        self.bytes = bytes
    }

    /// Reads a file, plain or gzip.
    ///
    /// What a header promises is checked against the file's size before memory is asked for: no
    /// file makes it take more than 1,032 times its own size.
    ///
    /// - Parameters:
    ///   - file: the file's bytes: `IDXFile(path: "train-images-idx3-ubyte.gz")`.
    ///   - itemShape: what each item has to be, such as `[28, 28]`; nil for any.
    ///   - countMax: the most items that are accepted.
    /// - Throws: when the file is damaged, has no items, or is of another kind.
    public init(
        _ file: IDXFile,
        itemShape: [Int]? = nil,
        countMax: Int = .max
    ) throws(IDXError) {
        var reader = IDXReader(file, countMax: countMax)
        dimensions = try reader.readDimensions(itemShape: itemShape)
        var bytes = [UInt8](repeating: 0, count: dimensions.reduce(1, *))
        try bytes.withUnsafeMutableBufferPointer { buffer throws(IDXError) in
            try reader.readPayload(into: UnsafeMutableRawBufferPointer(buffer))
        }
        self.bytes = bytes
    }

    /// How many items there are.
    public var count: Int { dimensions[0] }

    /// The size of an item, in bytes.
    public var itemSize: Int { dimensions.dropFirst().reduce(1, *) }

    /// An item's elements: an image row by row, or a label.
    ///
    /// - Precondition: `index` is from 0 to below `count`.
    public func item(at index: Int) -> ArraySlice<UInt8> {
        precondition((0..<count).contains(index), "item \(index) of \(count)")
        return bytes[index * itemSize..<(index + 1) * itemSize]
    }

    /// The bytes of a plain file of this array.
    public var encoded: [UInt8] {
        let magic = IDXReader.magic(dimensionCount: dimensions.count)
        return ([magic] + dimensions.map { UInt32($0) }).flatMap { word in
            withUnsafeBytes(of: word.bigEndian) { Array($0) }
        } + bytes
    }
}
