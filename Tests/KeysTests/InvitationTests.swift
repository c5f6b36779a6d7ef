import Testing
import ZeroMQ

@testable import Keys

struct InvitationTests {
    @Test func `survives its token, and prints as nothing`() throws {
        let coordinator = try CurveKeyPair.drawn().publicKey
        let invitation = try Invitation(to: coordinator)
        let token = invitation.token
        #expect(Invitation.isToken(token))
        #expect(try Invitation(token: token, place: "t") == invitation)
        var dumped = "\(invitation) \(String(reflecting: invitation))"
        dump(invitation, to: &dumped)
        #expect(!dumped.contains(token.suffix(16)))
        #expect(!dumped.contains(invitation.pair.secretKey.text))
    }

    @Test func `refuses every truncation and damage of a token`() throws {
        let token = try Invitation(to: CurveKeyPair.drawn().publicKey).token
        for length in 0..<token.count {
            #expect(throws: KeyError.self) {
                try Invitation(token: String(token.prefix(length)), place: "t")
            }
        }
        for bad in [token + "0", token.replacing("lockstep", with: "lockstop"), token + "é"] {
            #expect(throws: KeyError.self) { try Invitation(token: bad, place: "t") }
        }
        let signs = token.prefix(14) + String(repeating: "+1", count: 64)
        #expect(throws: KeyError.self) { try Invitation(token: String(signs), place: "t") }
    }
}
