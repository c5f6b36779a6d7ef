import Testing

@testable import TrainingProtocol

/// Sets of steps.
struct StepRangesTests {
    private func steps(_ steps: [Int]) -> StepRanges {
        var ranges = StepRanges()
        for step in steps { ranges.append(step) }
        return ranges
    }

    @Test func `joins neighbours and takes a step twice for once`() {
        #expect(steps([0, 1, 1, 2, 5, 6, 9]).ranges == [0..<3, 5..<7, 9..<10])
        #expect(steps([0, 1, 1, 2, 5, 6, 9]).count == 6)
        #expect(steps([3]).first == 3)
        #expect(steps([]).first == nil)
    }

    @Test func `has what was put in, whatever is taken out`() {
        for removed in 0..<8 {
            var ranges = steps([0, 1, 2, 4, 6])
            ranges.remove(removed)
            for step in 0..<8 {
                let isIn = [0, 1, 2, 4, 6].contains(step) && step != removed
                #expect(ranges.contains(step) == isIn, "\(step) without \(removed)")
            }
        }
    }

    @Test func `closes gaps rather than grow without bound, and forgets no step`() {
        var ranges = StepRanges()
        for index in 0..<5_000 { ranges.append(index * 3) }
        #expect(ranges.ranges.count == 1_024)
        #expect((0..<5_000).allSatisfy { ranges.contains($0 * 3) })
        #expect(ranges.first == 0)
    }

    @Test func `refuses ranges that do not rise`() {
        #expect(StepRanges([0..<2, 3..<4])?.count == 3)
        for wrong in [[2..<4, 3..<5], [0..<1, 1..<2], [3..<3], [-1..<2]] {
            #expect(StepRanges(wrong) == nil, "\(wrong)")
        }
    }
}
