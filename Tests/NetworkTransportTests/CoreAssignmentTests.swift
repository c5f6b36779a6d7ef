import SharedMemory
import Testing
import Transport

@testable import NetworkTransport

struct CoreAssignmentTests {
    private let assignment = CoreAssignment(processors: [2, 3, 5].map(HostProcessor.init(number:)))

    private func moves(_ places: [Int?]) -> [[Int]] {
        assignment.moves(of: places.map { $0.map(HostProcessor.init(number:)) })
            .map { [$0.index, $0.to.number] }
    }

    @Test func `moves one of two that share a processor to a free one`() {
        #expect(moves([3, 3]) == [[1, 5]])
        #expect(moves([2, 5, 2]) == [[2, 3]])
        #expect(moves([5, 5, 5]) == [[1, 3], [2, 2]])
    }

    @Test func `leaves them where each has a processor of its own, or is not known to share one`() {
        #expect(moves([2, 3, 5]) == [])
        #expect(moves([3, nil]) == [])
        #expect(moves([nil, nil]) == [])
        #expect(moves([4]) == [])
    }

    @Test func `leaves them to the system where there are more of them than processors`() {
        #expect(moves([2, 2, 2, 2]) == [])
    }

    @Test func `tells what workers leave of the processors`() {
        let rooms = [0, 1, 2, 3].map { ProcessorRoom(workerCount: $0, processorCount: 2) }
        #expect(rooms == [.everybody, .everybody, .workersOnly, .none])
    }
}
