import Foundation
import SharedMemory
import Synchronization
import TestTools
import Testing
import TrainingDriver
import Wire

@testable import Training

/// What a worker tells of its time, whoever wrote it.
struct WorkerProfileTests {
    /// Reads a profile that was welcomed at 1,000 by the coordinator's clock and came at 9,000.
    private func profile(welcomed: UInt64, sent: UInt64) throws -> WorkerProfile {
        let bytes = [UInt8](repeating: 0, count: 8 * Phase.allCases.count)
        let profile = bytes.withUnsafeBytes {
            WorkerProfile(
                ProfileHeader(welcomed: welcomed, sent: sent, answerCount: 0, allocationCount: 0),
                $0,
                sliceCountMax: 1,
                welcomed: 1_000,
                received: 9_000
            )
        }
        return try #require(profile)
    }

    @Test func `takes clocks that may agree for one, and compares others`() throws {
        // Both ways took 200 of one clock, or 3,000 and 100.
        for (welcomed, sent) in [(1_200, 8_800), (4_000, 8_900)] as [(UInt64, UInt64)] {
            let same = try profile(welcomed: welcomed, sent: sent)
            #expect(same.clockOffset == 0 && same.clockUncertainty == 0)
        }
        let ahead = try profile(welcomed: 51_300, sent: 58_900)
        #expect(ahead.clockOffset == 50_100 && ahead.clockUncertainty == 200)
        let behind = try profile(welcomed: 300, sent: 7_900)
        #expect(behind.clockOffset == -900 && behind.clockUncertainty == 200)
    }

    @Test(.disabled(if: Sanitizer.watchesThreads, "races on purpose"))
    func `looks once at each word of a profile that may change meanwhile`() throws {
        let region = try SharedRegion(size: 4_096)
        let phaseCount = Phase.allCases.count
        let size = phaseCount * 8 + 16
        let words = [0, 8 * phaseCount].map { SharedWord(in: region, at: $0) }
        let isOver = Atomic(false)
        let hasEnded = DispatchSemaphore(value: 0)
        let header = ProfileHeader(welcomed: 1, sent: 2, answerCount: 0, allocationCount: 0)
        let thread = Thread {
            while !isOver.load(ordering: .relaxed) {
                for word in words { word.store(.max >> 1) }
                for word in words { word.store(1) }
            }
            hasEnded.signal()
        }
        thread.start()
        defer {
            isOver.store(true, ordering: .relaxed)
            withExtendedLifetime(region) { hasEnded.wait() }
        }
        var readCount = 0
        for _ in 0..<200_000 {
            let profile = WorkerProfile(
                header,
                UnsafeRawBufferPointer(rebasing: region.bytes[..<size]),
                sliceCountMax: 1,
                welcomed: 1,
                received: 2
            )
            guard let profile else { continue }
            readCount += 1
            let times = [profile.totals[.wait], profile.slices[0].start]
            #expect(times.allSatisfy { $0 < 1 << 60 })
        }
        #expect(readCount > 0)
    }
}
