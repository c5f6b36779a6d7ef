import IDX

/// Reads the header and then the payload of one of a data set's files, within the limits of these.
struct DatasetReader {
    private var reader: IDXReader

    /// Starts before the file's magic number.
    init(_ file: IDXFile) { reader = IDXReader(file, countMax: LabeledImages.countMax) }

    /// Reads a label file's header and answers its count of labels.
    ///
    /// - Throws: when the header is not that of a label file, or cannot be true.
    mutating func readLabelCount() throws(MNISTError) -> Int { try readCount(itemShape: []) }

    /// Reads an image file's header and answers its count of 28×28 images.
    ///
    /// - Throws: when the header is not that of an image file, its images are not 28×28, or it
    ///   cannot be true.
    mutating func readImageCount() throws(MNISTError) -> Int {
        try readCount(itemShape: LabeledImages.shape)
    }

    /// Reads everything after the header into a buffer of exactly the promised size.
    ///
    /// - Throws: when the file holds fewer or more bytes than that, or is damaged.
    mutating func readPayload(into buffer: UnsafeMutableRawBufferPointer) throws(MNISTError) {
        try MNISTError.ofFiles { () throws(IDXError) in try reader.readPayload(into: buffer) }
    }

    private mutating func readCount(itemShape: [Int]) throws(MNISTError) -> Int {
        try MNISTError.ofFiles { () throws(IDXError) in
            try reader.readDimensions(itemShape: itemShape)[0]
        }
    }
}

extension IDXArray {
    /// Decodes a file of items of a shape, within the limits of data sets.
    init(ofDataset file: IDXFile, itemShape: [Int]) throws(MNISTError) {
        self = try MNISTError.ofFiles { () throws(IDXError) in
            try IDXArray(file, itemShape: itemShape, countMax: LabeledImages.countMax)
        }
    }
}

extension MNISTError {
    /// Tells of what happens to a file as of a data set's.
    static func ofFiles<Result>(
        _ body: () throws(IDXError) -> Result
    ) throws(MNISTError) -> Result {
        do throws(IDXError) { return try body() } catch { throw .file(error) }
    }
}
