/// How often samples of each class were taken for each class.
package struct ConfusionMatrix: Equatable, Sendable {
    /// What the classes are called.
    package let names: [String]
    /// How many classes there are.
    package var classCount: Int { names.count }
    /// [classCount, classCount], a row for each label, a column for each prediction.
    package private(set) var counts: [[Int]]

    /// Starts with no sample of classes that their numbers name.
    package init(classCount: Int) { self.init(names: (0..<classCount).map { "\($0)" }) }

    /// Starts with no sample of classes of these names.
    package init(names: [String]) {
        self.names = names
        let row = [Int](repeating: 0, count: names.count)
        counts = [[Int]](repeating: row, count: names.count)
    }

    /// Counts a sample.
    package mutating func add(label: Int, prediction: Int) { counts[label][prediction] += 1 }

    /// How many samples there are of a class.
    package func sampleCount(of label: Int) -> Int { counts[label].reduce(0, +) }

    /// How many samples of a class were taken for it.
    package func correctCount(of label: Int) -> Int { counts[label][label] }

    /// The share of the samples taken for a class that are of it; nil where none was.
    package func precision(of label: Int) -> Double? {
        share(correctCount(of: label), counts.reduce(0) { $0 + $1[label] })
    }

    /// The share of the samples of a class that were taken for it; nil where there is none.
    package func recall(of label: Int) -> Double? {
        share(correctCount(of: label), sampleCount(of: label))
    }

    private func share(_ part: Int, _ whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }
}
