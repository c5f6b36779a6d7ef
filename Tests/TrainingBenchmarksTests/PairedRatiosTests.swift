import Testing
import TrainingBenchmarks

struct PairedRatiosTests {
    @Test func `takes the median of the pairs' ratios, not the ratio of the medians`() {
        // The machine was ten times slower for the last pair.
        let ratios = PairedRatios([200, 220, 30], by: [100, 100, 10])
        #expect(ratios.median == 2.2)
        #expect((ratios.least, ratios.greatest) == (2, 3))
        #expect(ratios.count == 3)
    }

    @Test func `takes the mean of the two in the middle of an even number`() {
        #expect(PairedRatios.median([4, 1, 3, 2]) == 2.5)
        #expect(PairedRatios([3], by: [2]).median == 1.5)
    }
}
