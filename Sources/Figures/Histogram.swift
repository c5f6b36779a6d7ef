/// How numbers are spread between the least and the greatest of them.
package struct Histogram: Equatable, Sendable {
    /// The least number; 0 where there is none.
    package private(set) var least = 0.0
    /// The greatest number; 0 where there is none.
    package private(set) var greatest = 0.0
    /// How many numbers there are; those that are not finite are left out.
    package private(set) var count = 0
    /// Their sum.
    package private(set) var sum = 0.0
    /// The sum of their squares.
    package private(set) var squareSum = 0.0
    /// How many lie in each of equally wide buckets, from the least number's to the greatest's.
    package private(set) var buckets: [Int]

    /// Counts the numbers.
    ///
    /// - Precondition: there is a bucket.
    /// - Complexity: O(count), in two passes.
    package init(of numbers: UnsafeBufferPointer<Float>, bucketCount: Int = 30) {
        precondition(bucketCount > 0, "\(bucketCount) buckets")
        buckets = [Int](repeating: 0, count: bucketCount)
        var (least, greatest) = (Float.infinity, -Float.infinity)
        for number in numbers where number.isFinite {
            least = min(least, number)
            greatest = max(greatest, number)
            count += 1
            sum += Double(number)
            squareSum += Double(number) * Double(number)
        }
        guard count > 0 else { return }
        (self.least, self.greatest) = (Double(least), Double(greatest))
        let width = self.greatest - self.least
        let perUnit = width > 0 ? Double(bucketCount) / width : 0
        for number in numbers where number.isFinite {
            let place = Int((Double(number) - self.least) * perUnit)
            buckets[min(place, bucketCount - 1)] += 1
        }
    }

    /// The Euclidean norm of the numbers.
    package var norm: Double { squareSum.squareRoot() }

    /// Where each bucket ends.
    package var limits: [Double] {
        let width = (greatest - least) / Double(buckets.count)
        return (1...buckets.count).map { place in
            place == buckets.count ? greatest : least + width * Double(place)
        }
    }
}
