/// A stream of random numbers that a seed and a stream number determine completely.
///
/// The generator is xoshiro256** 1.0 (Blackman & Vigna 2018), its state filled by SplitMix64
/// (Steele, Lea & Flood 2014) from the seed and the stream number. Streams of one seed are
/// independent for every practical purpose, so that one draws weights and another shuffles epoch 7
/// without either knowing how many numbers the other took. Nothing here depends on the standard
/// library's choice of algorithms: `uniform(below:)` and `shuffle` are spelled out, because a run
/// must come out the same under every release of Swift.
package struct RandomStream: Equatable, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts stream `stream` of the seed.
    package init(seed: UInt64, stream: UInt64) {
        var source = SplitMix64(state: seed)
        source = SplitMix64(state: source.next() ^ (stream &* 0x9E37_79B9_7F4A_7C15))
        state = (source.next(), source.next(), source.next(), source.next())
    }

    package static func == (left: RandomStream, right: RandomStream) -> Bool {
        left.state == right.state
    }

    /// Draws the next 64 random bits.
    package mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, by: 45)
        return result
    }

    /// Draws a number of 0..<`bound`, each equally likely (Lemire 2019, multiplication with
    /// rejection).
    ///
    /// - Precondition: `bound` is greater than 0.
    package mutating func uniform(below bound: UInt64) -> UInt64 {
        precondition(bound > 0, "uniform(below: 0) has nothing to draw from")
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold {
                product = next().multipliedFullWidth(by: bound)
            }
        }
        return product.high
    }

    /// Draws a float of [0, 1): the upper 24 bits, scaled, so that each value is exact.
    package mutating func uniformFloat() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    private static func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
        (value << count) | (value >> (64 - count))
    }
}

/// The generator that turns one number into the four words of a larger generator's state.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
