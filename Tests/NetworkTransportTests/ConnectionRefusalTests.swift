import Testing
import ZeroMQ

@testable import NetworkTransport

struct ConnectionRefusalTests {
    @Test func `tells a worker what to do about keys, in one sentence`() {
        #expect(
            "\(ZeroMQError.keyRefused)"
                == "connecting: the coordinator refused this worker's key where a listed one was "
                + "expected; list it there with `lockstep keys add`, or use the file that made"
        )
        #expect(
            "\(ZeroMQError.encryptionDiffers)"
                == "connecting: one side encrypts and the other does not where both were expected "
                + "to agree; give the coordinator --keys and the worker --key, or neither"
        )
        #expect(!ZeroMQError.keyRefused.isMalformedAddress)
    }
}
