import SeededRandom
import Testing

struct RandomStreamTests {
    @Test func `draws the same numbers from the same seed and stream`() {
        var first = RandomStream(seed: 1, stream: 2)
        var second = RandomStream(seed: 1, stream: 2)
        for _ in 0..<100 { #expect(first.next() == second.next()) }
        #expect(first == second)
    }

    @Test func `draws other numbers from every seed and stream`() {
        var firsts: Set<UInt64> = []
        for seed in 0..<UInt64(50) {
            for stream in 0..<UInt64(50) {
                var random = RandomStream(seed: seed, stream: stream)
                firsts.insert(random.next())
            }
        }
        #expect(firsts.count == 2_500)
    }

    @Test func `keeps the numbers that runs of earlier builds drew`() {
        // Any change here changes every model that a seed names.
        var random = RandomStream(seed: 1, stream: 0)
        #expect(random.next() == RandomStreamTests.firstOfSeedOne)
    }

    private static let firstOfSeedOne: UInt64 = 0xEE12_7FE6_1343_6E33

    @Test func `draws each number below a bound about equally often`() {
        var random = RandomStream(seed: 7, stream: 0)
        for bound in [1, 2, 3, 10, 17] {
            var counts = [Int](repeating: 0, count: bound)
            for _ in 0..<bound * 1_000 { counts[Int(random.uniform(below: UInt64(bound)))] += 1 }
            // Five standard deviations of a count are below 160.
            #expect(counts.allSatisfy { abs($0 - 1_000) < 160 }, "\(counts)")
        }
    }

    @Test func `rejects what would favour small numbers below a huge bound`() {
        var random = RandomStream(seed: 3, stream: 0)
        let bound: UInt64 = 3 << 62
        var lowCount = 0
        for _ in 0..<3_000 where random.uniform(below: bound) < bound / 2 { lowCount += 1 }
        // Without rejection a third of the numbers would come twice as often, 2,000 in all.
        #expect(abs(lowCount - 1_500) < 150, "\(lowCount)")
    }

    @Test func `draws floats of the half-open unit interval`() {
        var random = RandomStream(seed: 5, stream: 0)
        let values = (0..<10_000).map { _ in random.uniformFloat() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = values.reduce(0, +) / 10_000
        #expect(abs(mean - 0.5) < 0.015, "\(mean)")
    }
}
