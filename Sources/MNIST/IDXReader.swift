/// The bytes of an IDX file as they are stored, plain or gzip, with the name that errors give it.
package struct IDXFile: Equatable, Sendable {
    /// What errors call the file.
    package let name: String
    /// The file's bytes.
    package let bytes: [UInt8]

    /// Pairs stored bytes with the name that errors give them.
    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// Reads the header and then the payload of an IDX file of bytes.
///
/// IDX is a magic number (two zero bytes, the type, the count of dimensions), the dimensions as
/// big-endian 32-bit numbers, then the elements, the last dimension running fastest (LeCun, Cortes
/// & Burges, "The MNIST database", "File formats"). Whether the file is gzip shows in its first
/// bytes. Counts are checked before anything of their size is allocated.
package struct IDXReader {
    /// Opens a file of unsigned bytes in one dimension.
    package static let labelsMagic: UInt32 = 0x0000_0801
    /// Opens a file of unsigned bytes in three dimensions.
    package static let imagesMagic: UInt32 = 0x0000_0803
    /// The most images or labels that are accepted; a larger number is taken for damage.
    package static let countMax = 1_000_000
    /// The stored size of the largest plain file that is accepted.
    package static let fileSizeMax = countMax * LabeledImages.imageSize + 16
    /// Deflate spends at least one bit on a pair of length and distance, thus 2 bits on up to 258
    /// bytes: no stream grows beyond 1,032 times its size (zlib, "Maximum Compression Factor").
    private static let inflationMax = 1032

    private let file: IDXFile
    private let inflater: GzipInflater?
    private var position = 0
    private var promisedSize = 0

    /// Starts before the file's magic number.
    package init(_ file: IDXFile) {
        self.file = file
        inflater = GzipInflater.isGzip(file.bytes) ? GzipInflater(file.bytes) : nil
    }

    /// Reads a label file's header and answers its count of labels.
    ///
    /// - Throws: when the header is not that of a label file, or cannot be true.
    package mutating func readLabelCount() throws(MNISTError) -> Int {
        let count = try readHeader(magic: Self.labelsMagic, dimensionCount: 1)[0]
        try checkPromise(count: count, elementSize: 1)
        return count
    }

    /// Reads an image file's header and answers its count of 28×28 images.
    ///
    /// - Throws: when the header is not that of an image file, its images are not 28×28, or it
    ///   cannot be true.
    package mutating func readImageCount() throws(MNISTError) -> Int {
        let dimensions = try readHeader(magic: Self.imagesMagic, dimensionCount: 3)
        guard dimensions[1] == LabeledImages.side, dimensions[2] == LabeledImages.side else {
            throw .wrongImageSize(
                file: file.name,
                rowCount: dimensions[1],
                columnCount: dimensions[2]
            )
        }
        try checkPromise(count: dimensions[0], elementSize: LabeledImages.imageSize)
        return dimensions[0]
    }

    /// Reads everything after the header into a buffer of exactly the promised size.
    ///
    /// - Throws: when the file holds fewer or more bytes than that, or is damaged.
    package mutating func readPayload(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(MNISTError) {
        try fill(buffer)
        var surplus: UInt8 = 0
        let surplusCount = try withUnsafeMutableBytes(of: &surplus) { byte throws(MNISTError) in
            try read(into: byte)
        }
        guard surplusCount == 0 else {
            throw .trailingBytes(file: file.name, expected: promisedSize)
        }
    }

    private mutating func readHeader(
        magic expected: UInt32,
        dimensionCount: Int
    ) throws(MNISTError) -> [Int] {
        promisedSize = 4 + 4 * dimensionCount
        let magic = try readWord()
        guard magic == expected else {
            if inflater != nil, magic >> 16 == 0x1F8B { throw .gzipInGzip(file: file.name) }
            throw .wrongMagic(file: file.name, found: magic, expected: expected)
        }
        var dimensions: [Int] = []
        for _ in 0..<dimensionCount {
            dimensions.append(Int(try readWord()))
        }
        return dimensions
    }

    /// Checks the count, and that the file can hold what its header promises.
    private mutating func checkPromise(count: Int, elementSize: Int) throws(MNISTError) {
        guard count > 0 else { throw .empty(file: file.name) }
        guard count <= Self.countMax else {
            throw .tooMany(file: file.name, found: count, countMax: Self.countMax)
        }
        promisedSize += count * elementSize
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

    private mutating func readWord() throws(MNISTError) -> UInt32 {
        var word: UInt32 = 0
        try withUnsafeMutableBytes(of: &word) { bytes throws(MNISTError) in try fill(bytes) }
        return UInt32(bigEndian: word)
    }

    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(MNISTError) {
        guard try read(into: buffer) == buffer.count else {
            throw .truncated(file: file.name, found: position, expected: promisedSize)
        }
    }

    private mutating func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(MNISTError) -> Int {
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
    ) throws(MNISTError) -> Int {
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
