import NetworkTransport
import Sealing
import Testing

@testable import TrainingDriver

/// How what is no part of a run is counted, and what is told of it.
struct ForeignTrafficTests {
    @Test func `counts each by its kind, and tells of a kind once in ten seconds`() {
        var traffic = ForeignTraffic()
        #expect(
            traffic.note(RejectedMessage.frames(count: 3), at: .zero) == "a message of 3 frames"
        )
        #expect(traffic.note(RejectedMessage.frames(count: 7), at: .seconds(9)) == nil)
        // Another kind has a line of its own.
        #expect(
            traffic.note(RejectedMessage.sums, at: .seconds(9))
                == "an answer whose sums no samples have"
        )
        #expect(
            traffic.note(RejectedMessage.frames(count: 1), at: .seconds(10))
                == "a message of 1 frames (3 times so far)"
        )
        #expect(traffic.counts == ["frames": 3, "sums": 1])
    }

    @Test func `counts a replayed message apart from one that the key does not open`() {
        var traffic = ForeignTraffic()
        let replayed = RejectedMessage.seal(.replayed(counter: 5))
        let forged: [RejectedMessage] = [
            .seal(.notAuthentic), .seal(.size(3)), .seal(.headerSize(9)),
        ]
        for message in [replayed] + forged { _ = traffic.note(message, at: .zero) }
        #expect(traffic.counts == ["replay": 1, "seal": 3])
    }
}
