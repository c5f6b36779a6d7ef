import Testing
import TrainingProtocol

@testable import Training

struct LocalLinkTests {
    @Test func `computes the same through shared memory as over TCP`() async throws {
        var parameters: [[Float]] = []
        for offersLinks in [true, false] {
            let small = try SmallRun()
            let (result, trained) = try await small.train(
                with: [small.kernels, small.kernels],
                SmallRun.Record(),
                offersLinks: offersLinks
            )
            #expect(result.outcome == .completed)
            parameters.append(trained)
        }
        #expect(parameters[0] == parameters[1])
    }
}
