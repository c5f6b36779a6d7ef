import Sealing
import Testing
import Transport
import Wire
import ZeroMQ

@testable import NetworkTransport

/// What a message that is no part of a run counts as.
struct RejectedMessageTests {
    @Test
    func
        `counts whoever comes under a key that does not hold as a key's, and one too many as a join`()
    {
        #expect(RejectedMessage.objection(.unlisted).kind == "key")
        #expect(RejectedMessage.objection(.imposture).kind == "imposture")
        #expect(RejectedMessage.objection(.tooMany).kind == "join")
        #expect(RejectedMessage.join.kind == "join")
    }

    @Test func `has nobody look into what anybody can do who reaches the port`() throws {
        let key = try CurveKeyPair.drawn().publicKey
        for knock in [RejectedMessage.key(key), .silence, .knock] { #expect(knock.isKnock) }
        let grave: [RejectedMessage] = [
            .frames(count: 1), .sender, .objection(.unlisted), .objection(.imposture),
            .header(.unknownBody), .payload(size: 1, message: "an answer"), .profile, .sums,
            .numbers, .unkept, .endless, .seal(.notAuthentic), .join,
        ]
        for message in grave { #expect(!message.isKnock, "\(message)") }
    }
}
