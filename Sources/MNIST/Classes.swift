/// What the labels of a data set stand for.
package struct Classes: Equatable, Sendable {
    /// How many there may be.
    package static let counts = 2...255
    /// The digits 0 to 9.
    package static let digits = Classes(count: 10)

    /// A name for each class, in the labels' order.
    package let names: [String]
    /// The first class's label in the files: 0 or 1.
    package let firstLabel: Int

    /// How many there are.
    package var count: Int { names.count }

    /// Names classes, or calls them by their labels.
    package init(count: Int, names: [String]? = nil, firstLabel: Int = 0) {
        precondition(Self.counts.contains(count), "\(count) classes")
        precondition(names == nil || names?.count == count, "\(names ?? []) for \(count) classes")
        self.names = names ?? (firstLabel..<firstLabel + count).map { "\($0)" }
        self.firstLabel = firstLabel
    }
}

extension Classes {
    /// What is known of a data set's classes before its labels are looked at.
    package struct Known: Equatable, Sendable {
        /// How many there are; nil where the labels say it.
        package var count: Int?
        /// Their names; nil where the folder has them, or the labels stand for themselves.
        package var names: [String]?
        /// The label of the first one; nil where the labels say it.
        package var firstLabel: Int?

        /// Gathers what is known.
        package init(count: Int? = nil, names: [String]? = nil, firstLabel: Int? = nil) {
            self.count = count
            self.names = names
            self.firstLabel = firstLabel
        }
    }

    /// Finds the classes of images.
    ///
    /// Labels without a gap say how many classes there are, from 0 or from 1. With gaps they are
    /// digits, if they may be.
    ///
    /// - Parameters:
    ///   - known: what is known beside the labels.
    ///   - images: the images whose labels count, each with the name of the file of its labels.
    /// - Throws: when a label is of no class, when there is but one class, and when labels have a
    ///   gap that only damage would explain.
    static func find(
        _ known: Known,
        in images: [(labels: String, images: LabeledImages)]
    ) throws(MNISTError) -> Classes {
        let counts = images.map(\.images.labelCounts).reduce([Int](repeating: 0, count: 256)) {
            zip($0, $1).map(+)
        }
        guard let least = counts.firstIndex(where: { $0 > 0 }),
            let greatest = counts.lastIndex(where: { $0 > 0 })
        else { preconditionFailure("images without labels") }
        let (count, first) = try known.layout(counts, least, greatest, images[0].labels)
        guard Self.counts.contains(count) else {
            throw .classCount(file: images[0].labels, found: count)
        }
        let classes = first..<first + count
        guard !classes.contains(least) || !classes.contains(greatest) else {
            return Classes(count: count, names: known.names, firstLabel: first)
        }
        for (labels, images) in images {
            let wrong = (0..<images.count).first { !classes.contains(Int(images.label(at: $0))) }
            guard let wrong else { continue }
            throw .labelOfNoClass(
                file: labels,
                index: wrong,
                label: images.label(at: wrong),
                classes: classes
            )
        }
        preconditionFailure("labels \(least) to \(greatest) of \(classes)")
    }
}

extension Classes.Known {
    /// How many classes there are, and the label of the first.
    ///
    /// - Throws: when a label is missing among the others.
    fileprivate func layout(
        _ counts: [Int],
        _ least: Int,
        _ greatest: Int,
        _ file: String
    ) throws(MNISTError) -> (count: Int, first: Int) {
        if let count = count ?? names?.count {
            return (count, firstLabel ?? (least > 0 && greatest == count ? 1 : 0))
        }
        let first = firstLabel ?? min(least, 1)
        let gap = (min(first, greatest)...greatest).first { counts[$0] == 0 }
        guard let gap else { return (greatest - first + 1, first) }
        guard greatest <= 9 else {
            throw .missingClass(file: file, label: gap, greatest: greatest)
        }
        return (10, firstLabel ?? 0)
    }
}
