/// A 64-bit hash that is the same in every process, unlike the standard library's.
struct StableHash: Equatable, Sendable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func mix(_ word: UInt64) {
        // The multiplier is SplitMix64's increment; the shift brings high bits down again.
        value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
    }

    mutating func mix(_ vector: ToyModel.Vector) {
        for lane in 0..<ToyModel.Vector.scalarCount { mix(UInt64(vector[lane].bitPattern)) }
    }
}
