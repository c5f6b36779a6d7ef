import Subprocess
import Testing

@testable import Hosting

struct RemoteWorkersTests {
    @Test func `tells a host that cannot help from one that may come back`() {
        func end(_ code: Int32, _ line: String = "") -> RestartLoop.End {
            RemoteWorkers.end(of: .exited(code), lastLine: line)
        }
        #expect(end(0) == .finished)
        #expect(
            end(2, "no such option")
                == .forGood("a mistake in its use (exit code 2): no such option")
        )
        #expect(end(3) == .forGood("wrong answers (exit code 3)"))
        #expect(end(255, "ssh: down") == .tooSoon("ssh's exit code 255: ssh: down"))
        #expect(end(1) == .tooSoon("exit code 1"))
        for code: Int32 in [126, 127] {
            guard case .forGood(let how) = end(code, "sh: not found") else {
                Issue.record("exit code \(code) is worth another start")
                continue
            }
            #expect(how.hasSuffix(": sh: not found"))
        }
        guard case .tooSoon = RemoteWorkers.end(of: .signaled(9), lastLine: "") else {
            Issue.record("an ssh that was killed is not worth another start")
            return
        }
    }
}
