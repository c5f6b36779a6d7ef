/// Writes IDX files, which `IDXReader` reads back.
package enum IDXWriting {
    /// The file of images, each of 28·28 bytes.
    ///
    /// - Precondition: there are whole images.
    package static func images(_ pixels: [UInt8]) -> [UInt8] {
        let (count, rest) = pixels.count.quotientAndRemainder(dividingBy: LabeledImages.imageSize)
        precondition(rest == 0, "\(pixels.count) bytes of images")
        let side = LabeledImages.side
        return header(IDXReader.imagesMagic, [count, side, side]) + pixels
    }

    /// The file of labels.
    package static func labels(_ labels: [UInt8]) -> [UInt8] {
        header(IDXReader.labelsMagic, [labels.count]) + labels
    }

    private static func header(_ magic: UInt32, _ dimensions: [Int]) -> [UInt8] {
        ([magic] + dimensions.map { UInt32($0) }).flatMap { word in
            withUnsafeBytes(of: word.bigEndian) { Array($0) }
        }
    }
}
