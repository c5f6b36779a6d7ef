/// Reads the header and then the payload of an IDX file of bytes.
///
/// IDX is a magic number (two zero bytes, the type, the count of dimensions), the dimensions as
/// big-endian 32-bit numbers, then the elements, the last dimension running fastest (LeCun, Cortes
/// & Burges, "The MNIST database", "File formats"). Whether the file is gzip shows in its first
/// bytes. Counts are checked before anything of their size is allocated.
package struct IDXReader {
    /// What a file of unsigned bytes opens with.
    package static func magic(dimensionCount: Int) -> UInt32 {
        0x0000_0800 | UInt32(dimensionCount)
    }

    /// Deflate spends at least one bit on a pair of length and distance, thus 2 bits on up to 258
    /// bytes: no stream grows beyond 1,032 times its size (zlib, "Maximum Compression Factor").
    private static let inflationMax = 1032

    private let file: IDXFile
    private let countMax: Int
    private let inflater: GzipInflater?
    private var position = 0
    private var promisedSize = 0

    /// Starts before the file's magic number.
    ///
    /// - Parameter countMax: the most items that are accepted; a larger count is taken for damage.
    package init(_ file: IDXFile, countMax: Int) {
        self.file = file
        self.countMax = countMax
        inflater = GzipInflater.isGzip(file.bytes) ? GzipInflater(file.bytes) : nil
    }

    /// Reads the header and answers the dimensions, the count of items first.
    ///
    /// - Parameter itemShape: what each item has to be; nil for any shape.
    /// - Throws: when the header is not that of such a file, or cannot be true.
    package mutating func readDimensions(
        itemShape: [Int]? = nil
    ) throws(IDXError) -> [Int] {
        let dimensions = try readHeader(dimensionCount: itemShape.map { $0.count + 1 })
        let shape = Array(dimensions.dropFirst())
        if let itemShape, shape != itemShape {
            throw .wrongItemShape(file: file.name, found: shape, expected: itemShape)
        }
        try checkPromise(count: dimensions[0], itemSize: Self.size(of: shape))
        return dimensions
    }

    /// The product of the dimensions, or the largest number that there is.
    private static func size(of dimensions: [Int]) -> Int {
        if dimensions.contains(0) { return 0 }
        return dimensions.reduce(1) { size, dimension in
            let (product, overflows) = size.multipliedReportingOverflow(by: dimension)
            return overflows ? .max : product
        }
    }

    /// Reads everything after the header into a buffer of exactly the promised size.
    ///
    /// - Throws: when the file holds fewer or more bytes than that, or is damaged.
    package mutating func readPayload(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(IDXError) {
        try fill(buffer)
        var surplus: UInt8 = 0
        let surplusCount = try withUnsafeMutableBytes(of: &surplus) { byte throws(IDXError) in
            try read(into: byte)
        }
        guard surplusCount == 0 else {
            throw .trailingBytes(file: file.name, expected: promisedSize)
        }
    }

    private mutating func readHeader(dimensionCount: Int?) throws(IDXError) -> [Int] {
        promisedSize = 4 + 4 * (dimensionCount ?? 1)
        let magic = try readWord()
        let expected = dimensionCount.map(Self.magic)
        let isRight = expected.map { $0 == magic } ?? (0x0801...0x08FF).contains(magic)
        guard isRight else {
            if inflater != nil, magic >> 16 == 0x1F8B { throw .gzipInGzip(file: file.name) }
            throw .wrongMagic(file: file.name, found: magic, expected: expected)
        }
        let count = Int(magic & 0xFF)
        promisedSize = 4 + 4 * count
        var dimensions: [Int] = []
        for _ in 0..<count {
            dimensions.append(Int(try readWord()))
        }
        return dimensions
    }

    /// Checks the count, and that the file can hold what its header promises.
    private mutating func checkPromise(count: Int, itemSize: Int) throws(IDXError) {
        guard count > 0, itemSize > 0 else { throw .empty(file: file.name) }
        guard count <= countMax else {
            throw .tooMany(file: file.name, found: count, countMax: countMax)
        }
        let (size, overflows) = Self.size(of: [count, itemSize])
            .addingReportingOverflow(promisedSize)
        promisedSize = overflows ? .max : size
        let storedSize = file.bytes.count
        if inflater != nil {
            guard promisedSize <= storedSize * Self.inflationMax else {
                throw .impossiblePromise(
                    file: file.name,
                    promised: promisedSize,
                    fileSize: storedSize
                )
            }
        } else {
            guard storedSize >= promisedSize else {
                throw .truncated(file: file.name, found: storedSize, expected: promisedSize)
            }
        }
    }

    private mutating func readWord() throws(IDXError) -> UInt32 {
        var word: UInt32 = 0
        try withUnsafeMutableBytes(of: &word) { bytes throws(IDXError) in try fill(bytes) }
        return UInt32(bigEndian: word)
    }

    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(IDXError) {
        guard try read(into: buffer) == buffer.count else {
            throw .truncated(file: file.name, found: position, expected: promisedSize)
        }
    }

    private mutating func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(IDXError) -> Int {
        let count: Int
        if let inflater {
            count = try inflate(with: inflater, into: buffer)
        } else {
            count = min(buffer.count, file.bytes.count - position)
            file.bytes.withUnsafeBytes { bytes in
                buffer.copyMemory(from: .init(rebasing: bytes[position..<position + count]))
            }
        }
        position += count
        return count
    }

    private func inflate(
        with inflater: GzipInflater,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(IDXError) -> Int {
        do throws(GzipError) {
            return try inflater.read(into: buffer)
        } catch {
            let name = file.name
            switch error {
            case .truncated:
                let found = inflater.inflatedSize
                throw .truncated(file: name, found: found, expected: promisedSize)
            case .trailingBytes:
                throw .trailingBytes(file: name, expected: promisedSize)
            case .corrupt(let reason):
                throw .corruptGzip(file: name, reason: reason)
            }
        }
    }
}
