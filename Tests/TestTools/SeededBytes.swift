/// A small generator with a seed, for bytes that a failure can name.
package struct SeededBytes: RandomNumberGenerator {
    private var state: UInt64

    /// Starts a sequence that the state decides.
    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 17 ^ state << 31
    }
}
