internal import Model

extension ShardSlice {
    /// The share of its numbers that are zero.
    var zeros: Double {
        let floats = UnsafeBufferPointer(start: start, count: elementCount * 16)
        return Double(floats.count { $0 == 0 }) / Double(floats.count)
    }

    /// The same of the six channels of eight that the first convolution gives, where a number counts
    /// as zero that the rectifier did not let through to `output`.
    func zeros(openedBy output: ShardSlice) -> Double {
        let places = (0..<elementCount * 16).filter { $0 % 8 < 6 }
        let zeroCount = places.count { start[$0] == 0 || output.start[$0] <= 0 }
        return Double(zeroCount) / Double(places.count)
    }
}
