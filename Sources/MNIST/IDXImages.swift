package import IDX

/// The images of one IDX file, without labels.
package struct IDXImages: Equatable, Sendable {
    /// [count, 28, 28].
    private let array: IDXArray

    /// Whether a file that starts so is an IDX file of images, or compressed by gzip and perhaps
    /// one.
    package static func start(with start: some Collection<UInt8>) -> Bool {
        start.starts(with: [0, 0, 8, 3]) || GzipInflater.isGzip(start)
    }

    /// Reads a file, plain or gzip.
    ///
    /// - Throws: when it is damaged or of another kind.
    package init(path: String) throws(MNISTError) {
        try self.init(try MNISTDataset.read(path))
    }

    /// Decodes a file's bytes, plain or gzip.
    ///
    /// - Throws: when they are damaged or of another kind.
    package init(_ file: IDXFile) throws(MNISTError) {
        array = try IDXArray(ofDataset: file, itemShape: LabeledImages.shape)
    }

    /// How many there are.
    package var count: Int { array.count }

    /// An image's pixels, row by row.
    ///
    /// - Precondition: `index` is from 0 to below `count`.
    package func image(at index: Int) -> [UInt8] { Array(array.item(at: index)) }
}
