import SeededRandom

/// A processor that now and then computes wrong bits.
struct FaultyProcessor: Equatable, Sendable {
    private var random: RandomStream
    private let percentage: Int

    /// - Parameter percentage: how many answers of a hundred are wrong.
    init(seed: UInt64, stream: UInt64, percentage: Int) {
        random = RandomStream(seed: seed, stream: stream)
        self.percentage = percentage
    }

    /// Flips one low bit; nil if it computes right this time.
    mutating func wrong(_ sum: ToyModel.Vector) -> ToyModel.Vector? {
        guard random.chance(percentage) else { return nil }
        var wrong = sum
        let place = random.number(in: 0...3)
        let bit = UInt32(random.number(in: 0...22))
        wrong[place] = Float(bitPattern: sum[place].bitPattern ^ (1 << bit))
        return wrong
    }
}
