/// The order in which an epoch visits its samples.
package enum Permutation {
    /// Shuffles 0..<`count` with the numbers of `random` (Fisher & Yates; Durstenfeld 1964).
    ///
    /// - Returns: each of 0..<`count` once.
    /// - Complexity: O(`count`).
    package static func shuffled(count: Int, random: inout RandomStream) -> [UInt32] {
        var order = [UInt32](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            for index in 0..<count { buffer.initializeElement(at: index, to: UInt32(index)) }
            initializedCount = count
        }
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(random.uniform(below: UInt64(last) + 1)))
        }
        return order
    }
}
