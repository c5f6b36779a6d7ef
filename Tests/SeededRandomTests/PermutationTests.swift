import SeededRandom
import Testing

struct PermutationTests {
    @Test func `holds each index once, at every count`() {
        for count in [0, 1, 2, 3, 10, 1_000] {
            var random = RandomStream(seed: UInt64(count), stream: 9)
            let order = Permutation.shuffled(count: count, random: &random)
            #expect(order.sorted() == (0..<UInt32(count)).map { $0 })
        }
    }

    @Test func `gives every order of three about equally often`() {
        var random = RandomStream(seed: 1, stream: 1)
        var counts: [[UInt32]: Int] = [:]
        for _ in 0..<6_000 {
            counts[Permutation.shuffled(count: 3, random: &random), default: 0] += 1
        }
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 1_000) < 160 }, "\(counts)")
    }

    @Test func `differs from epoch to epoch`() {
        var first = RandomStream(seed: 1, stream: 1_000)
        var second = RandomStream(seed: 1, stream: 1_001)
        let orders = [
            Permutation.shuffled(count: 100, random: &first),
            Permutation.shuffled(count: 100, random: &second),
        ]
        #expect(orders[0] != orders[1])
    }
}
