import IDX

/// Writes the files of data sets.
package enum IDXWriting {
    /// The file of images, each of 28·28 bytes.
    ///
    /// - Precondition: there are whole images.
    package static func images(_ pixels: [UInt8]) -> [UInt8] {
        let (count, rest) = pixels.count.quotientAndRemainder(dividingBy: LabeledImages.imageSize)
        precondition(rest == 0, "\(pixels.count) bytes of images")
        return IDXArray(dimensions: [count] + LabeledImages.shape, bytes: pixels).encoded
    }

    /// The file of labels.
    package static func labels(_ labels: [UInt8]) -> [UInt8] {
        IDXArray(dimensions: [labels.count], bytes: labels).encoded
    }
}
