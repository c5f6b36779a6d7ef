/// The ratios of figures that were measured in pairs.
package struct PairedRatios: Equatable {
    /// Of the pairs' ratios: a machine that slows down for a while slows both of a pair.
    package let median, least, greatest: Double
    /// How many pairs there were.
    package let count: Int

    /// Divides each of `figures` by that of the same pair in `others`.
    ///
    /// - Precondition: there are as many of both, and at least one.
    package init(_ figures: [Double], by others: [Double]) {
        precondition(
            figures.count == others.count && !figures.isEmpty,
            "\(figures.count) figures and \(others.count) others are not pairs"
        )
        let ratios = zip(figures, others).map { $0 / $1 }.sorted()
        (least, greatest, count) = (ratios[0], ratios[ratios.count - 1], ratios.count)
        median = Self.median(ratios)
    }

    /// The middle one, or the mean of the two in the middle.
    package static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
