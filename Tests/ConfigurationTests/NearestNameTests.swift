import Testing

@testable import Configuration

@Suite struct NearestNameTests {
    @Test func `counts insertions, deletions, replacements and swaps`() {
        for (name, edits) in [("seed", 0), ("sed", 1), ("seeed", 1), ("sead", 1), ("sede", 1)] {
            #expect(NearestName.find(name, among: ["seed"]).edits == edits, "\(name)")
        }
        #expect(NearestName.find("", among: ["seed"]).edits == 4)
        #expect(NearestName.find("Batch_Size", among: ["x", "batchSize"]).name == "batchSize")
    }

    @Test func `suggests what a slip of the hand or a part stands for, and else nothing`() {
        let keys = ["epochs", "batchSize", "learningRate", "workers", "seed"]
        for (name, meant) in [
            ("epoch", "epochs"), ("bathc_size", "batchSize"), ("batch", "batchSize"),
            ("rate", "learningRate"), ("num_workers", "workers"), ("random-seed", "seed"),
            ("wrk", nil), ("lr", nil), ("s", nil), ("", nil), ("colour", nil),
        ] {
            #expect(NearestName.suggestion(for: name, among: keys) == meant, "\(name)")
        }
        #expect(NearestName.suggestion(for: "epochs", among: []) == nil)
    }

    @Test func `takes the first of equals and survives long names`() {
        #expect(NearestName.find("ab", among: ["ax", "ay"]).name == "ax")
        let long = String(repeating: "z", count: 100_000)
        #expect(NearestName.find(long, among: ["seed"]).edits == 64)
    }
}
