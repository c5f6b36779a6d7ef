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
