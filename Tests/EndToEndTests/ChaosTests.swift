import Foundation
import TestTools
import Testing

/// The real processes through a bad day: whatever happens, the model is that of a calm one.
///
/// LOCKSTEP_CHAOS_SEED repeats a day.
@Suite(.serialized) struct ChaosTests {
    private static let faultCount = 40
    private static let epochCount = 100

    @Test func `forty deaths, freezes and restarts change nothing`() throws {
        let folder = try TemporaryFolder()
        let dataset = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 900, testCount: 100, into: dataset)
        let settings = [
            "--dataset", dataset.path, "--epochs", "\(Self.epochCount)", "--checkpoint-every", "5",
        ]
        let calm = try Program.run(["train", "--workers", "1"] + settings, in: folder.url)
        let expected = try #require(calm.digest, "\(calm.errors)")

        let seed =
            ProcessInfo.processInfo.environment["LOCKSTEP_CHAOS_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 0...999_999)
        print("chaos: seed \(seed)")
        let chaos = try Chaos(
            seed: seed,
            arguments: settings + ["--workers", "1"],
            stepCount: 26 * Self.epochCount,
            in: folder.url
        )
        let result = try chaos.run(faultCountMin: Self.faultCount)
        #expect(chaos.faultCount >= Self.faultCount, "seed \(seed)")
        #expect(result.status == 0, "seed \(seed): \(result.errors)")
        #expect(result.digest == expected, "seed \(seed): \(result.errors)")
    }
}
