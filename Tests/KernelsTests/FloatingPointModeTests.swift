import Foundation
import Kernels
import Testing

struct FloatingPointModeTests {
    @Test func `flushes subnormal numbers on the calling thread only`() {
        let thread = ResultThread { () -> [Float] in
            let before = FloatingPointMode.flushesSubnormals
            FloatingPointMode.flushSubnormals()
            // The smallest normal number, and a half of it, which is subnormal.
            var values: [Float] = [.leastNormalMagnitude, .leastNormalMagnitude / 2]
            let zeros = [Float](repeating: 0, count: 2)
            KernelSet.runnable.first?.add(into: &values, zeros, count: 2)
            return [before ? 1 : 0, FloatingPointMode.flushesSubnormals ? 1 : 0] + values
        }
        #expect(thread.result() == [0, 1, .leastNormalMagnitude, 0])
    }
}

/// A thread of its own: a thread that the test borrows must keep its mode.
private final class ResultThread: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var values: [Float] = []

    init(_ body: @escaping @Sendable () -> [Float]) {
        Thread.detachNewThread { [self] in
            values = body()
            done.signal()
        }
    }

    func result() -> [Float] {
        done.wait()
        return values
    }
}
