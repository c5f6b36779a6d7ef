/// The images of one IDX file, without labels.
package struct IDXImages: Equatable, Sendable {
    /// How many there are.
    package let count: Int
    /// [count, 28, 28].
    private let pixels: [UInt8]

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
        var reader = IDXReader(file)
        count = try reader.readImageCount()
        var pixels = [UInt8](repeating: 0, count: count * LabeledImages.imageSize)
        try pixels.withUnsafeMutableBufferPointer { buffer throws(MNISTError) in
            try reader.readPayload(into: UnsafeMutableRawBufferPointer(buffer))
        }
        self.pixels = pixels
    }

    /// An image's pixels, row by row.
    ///
    /// - Precondition: `index` is from 0 to below `count`.
    package func image(at index: Int) -> [UInt8] {
        precondition((0..<count).contains(index), "image \(index) of \(count)")
        let start = index * LabeledImages.imageSize
        return Array(pixels[start..<start + LabeledImages.imageSize])
    }
}
