package import IDX
import MemoryHints

/// Images of 28×28 bytes, each with its label, in the order of their files.
///
/// Sample i lies at byte `sampleSize`·i: its label, then its pixels row by row, 0 black to 255
/// white. A sample is thus one stretch of memory and a shard is copied in 16 moves.
package struct LabeledImages: Equatable, Sendable {
    /// Rows of an image, and pixels of a row.
    package static let side = 28
    /// An image's rows and columns.
    static let shape = [side, side]
    /// Bytes of an image.
    package static let imageSize = side * side
    /// Bytes of a sample: its label and its image.
    package static let sampleSize = 1 + imageSize

    /// The most images or labels that are accepted; a larger number is taken for damage.
    static let countMax = 1_000_000
    /// The stored size of the largest plain file that is accepted.
    static let fileSizeMax = countMax * imageSize + 16

    /// How many samples there are.
    package let count: Int
    private var samples: [UInt8]

    /// Takes samples that are laid out already: label, pixels, label, pixels and so on.
    ///
    /// - Precondition: the size is a multiple of `sampleSize`, and no label is 255.
    package init(samples: [UInt8]) {
        let (count, rest) = samples.count.quotientAndRemainder(dividingBy: Self.sampleSize)
        precondition(rest == 0, "\(samples.count) bytes are no whole number of samples")
        self.count = count
        self.samples = samples
        for index in 0..<count {
            precondition(label(at: index) < 255, "label \(label(at: index)) at index \(index)")
        }
    }

    /// Decodes an image file and its label file.
    ///
    /// The images are inflated straight into the end of the samples' memory and spread from there
    /// in place: image i moves from n + `imageSize`·i down to `sampleSize`·i + 1, which never
    /// reaches an image that has yet to move, so that 47 MB are allocated once and nothing is done
    /// pixel by pixel.
    ///
    /// - Throws: when either file is damaged or of another kind, and when they disagree about their
    ///   count.
    package init(images: IDXFile, labels: IDXFile) throws(MNISTError) {
        var labelReader = DatasetReader(labels)
        let labelCount = try labelReader.readLabelCount()
        var imageReader = DatasetReader(images)
        let imageCount = try imageReader.readImageCount()
        guard imageCount == labelCount else {
            throw .countsDiffer(
                images: images.name,
                imageCount: imageCount,
                labels: labels.name,
                labelCount: labelCount
            )
        }
        count = imageCount
        let labelValues = try Self.readLabels(count: labelCount, from: &labelReader)
        samples = try Self.readSamples(labels: labelValues, from: &imageReader)
    }

    /// Copies samples one behind the other, each with its label first.
    ///
    /// They may lie anywhere in memory, so the next ones are asked for while one is copied.
    ///
    /// - Parameters:
    ///   - destination: has room for `count` samples.
    ///   - index: the index of each, from that of the first one.
    /// - Precondition: the indices are in 0..<`count`.
    package func copySamples(
        count copiedCount: Int,
        into destination: UnsafeMutableRawPointer,
        at index: (Int) -> Int
    ) {
        samples.withUnsafeBytes { samples in
            func sample(_ place: Int) -> UnsafeRawBufferPointer {
                let index = index(place)
                precondition(index >= 0 && index < count, "sample \(index) of \(count)")
                let start = index * Self.sampleSize
                return UnsafeRawBufferPointer(rebasing: samples[start..<start + Self.sampleSize])
            }
            let lead = 3
            for place in 0..<min(lead, copiedCount) { prefetch(sample(place)) }
            for place in 0..<copiedCount {
                if place + lead < copiedCount { prefetch(sample(place + lead)) }
                (destination + place * Self.sampleSize).copyMemory(
                    from: sample(place).baseAddress!,
                    byteCount: Self.sampleSize
                )
            }
        }
    }

    /// Answers a sample's label.
    ///
    /// - Precondition: `index` is in 0..<`count`.
    package func label(at index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "sample \(index) of \(count)")
        return samples[index * Self.sampleSize]
    }

    /// Answers a copy of a sample's pixels, row by row.
    ///
    /// - Precondition: `index` is in 0..<`count`.
    package func image(at index: Int) -> [UInt8] {
        precondition(index >= 0 && index < count, "sample \(index) of \(count)")
        let start = index * Self.sampleSize
        return Array(samples[start + 1..<start + Self.sampleSize])
    }

    /// Lends all samples at once, `count`·`sampleSize` bytes, for the time of the call.
    package func withUnsafeSamples<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try samples.withUnsafeBufferPointer { buffer throws(Failure) in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }

    private static func readLabels(
        count: Int,
        from reader: inout DatasetReader
    ) throws(MNISTError) -> [UInt8] {
        var labels = [UInt8](repeating: 0, count: count)
        try labels.withUnsafeMutableBufferPointer { buffer throws(MNISTError) in
            try reader.readPayload(into: UnsafeMutableRawBufferPointer(buffer))
        }
        return labels
    }

    private static func readSamples(
        labels: [UInt8],
        from reader: inout DatasetReader
    ) throws(MNISTError) -> [UInt8] {
        let size = labels.count * sampleSize
        var failure: MNISTError?
        let samples = [UInt8](unsafeUninitializedCapacity: size) { buffer, initializedCount in
            let bytes = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size)
            // Samples are taken in a random order.
            LargePage.prefer(for: bytes)
            do throws(MNISTError) {
                try reader.readPayload(into: .init(rebasing: bytes[labels.count...]))
                spread(bytes, labels: labels)
                initializedCount = size
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return samples
    }

    /// Brings images that lie at the end of the samples' memory to their places, each behind its
    /// label.
    private static func spread(_ bytes: UnsafeMutableRawBufferPointer, labels: [UInt8]) {
        guard let start = bytes.baseAddress else { return }
        for (index, label) in labels.enumerated() {
            let sample = start + index * sampleSize
            (sample + 1).copyMemory(
                from: start + labels.count + index * imageSize,
                byteCount: imageSize
            )
            sample.storeBytes(of: label, as: UInt8.self)
        }
    }
}

/// What a data set's conventions change.
extension LabeledImages {
    /// How many images have each label, [256].
    package var labelCounts: [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for index in 0..<count { counts[Int(label(at: index))] += 1 }
        return counts
    }

    /// The first image of a label.
    func firstIndex(ofLabel label: Int) -> Int? {
        (0..<count).first { Int(self.label(at: $0)) == label }
    }

    /// Counts the labels from 0 that were counted from `first`.
    ///
    /// - Precondition: no label is lower.
    mutating func countLabels(from first: Int) {
        guard first > 0 else { return }
        for index in 0..<count { samples[index * Self.sampleSize] -= UInt8(first) }
    }

    /// Exchanges the rows and the columns of every image, which EMNIST stores column by column.
    mutating func transpose() {
        samples.withUnsafeMutableBufferPointer { samples in
            for index in 0..<count {
                let image = samples.baseAddress! + (index * Self.sampleSize + 1)
                for row in 0..<Self.side {
                    for column in row + 1..<Self.side {
                        let (one, other) = (row * Self.side + column, column * Self.side + row)
                        (image[one], image[other]) = (image[other], image[one])
                    }
                }
            }
        }
    }
}
