import Glibc
import Testing

@testable import Hosting

struct OpenFileLimitTests {
    private func refusal(_ work: OpenFileLimit.Work, within limit: Int) -> String? {
        work.refusal(within: limit)?.description
    }

    @Test func `takes what fits to the last file, and says what does not`() {
        #expect(refusal(.localRun(workerCount: 163), within: 1_024) == nil)
        #expect(
            refusal(.localRun(workerCount: 220), within: 1_024)
                == "starting 220 workers: a limit of 1,024 open files was found where 1,366 are needed; "
                + "choose 163 or fewer, or raise it (ulimit -n)"
        )
        #expect(refusal(.localRun(workerCount: 164), within: 1_024) != nil)
    }

    @Test func `counts what is open beside the standard streams`() throws {
        let descriptors = (0..<31).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { for descriptor in descriptors { close(descriptor) } }
        #expect(descriptors.allSatisfy { $0 > STDERR_FILENO })
        #expect(OpenFileLimit.inheritedCount >= 31)
        let work = OpenFileLimit.Work.localRun(workerCount: 2)
        #expect(work.refusal(within: 89, inherited: 31) == nil)
        #expect(
            work.refusal(within: 88, inherited: 31)?.description
                == "starting 2 workers: a limit of 88 open files, 31 of which are in use already, was found "
                + "where 58 are needed; choose 1, or raise it (ulimit -n)"
        )
    }

    @Test func `offers no number of workers where not one fits`() {
        #expect(
            refusal(.localRun(workerCount: 1), within: 40)
                == "starting a worker: a limit of 40 open files was found where 52 are needed; "
                + "raise it (ulimit -n)"
        )
        #expect(refusal(.worker, within: 20)?.contains("computing: a limit of 20") == true)
    }

    @Test func `needs more for more workers and hosts, whoever holds them`() {
        for count in 1..<600 {
            let (now, next) = (count, count + 1)
            for (less, more): (OpenFileLimit.Work, OpenFileLimit.Work) in [
                (.localRun(workerCount: now), .localRun(workerCount: next)),
                (.holding(workerCount: now), .holding(workerCount: next)),
                (
                    .remoteRun(workerCount: now, hostCount: 1),
                    .remoteRun(workerCount: next, hostCount: 1)
                ),
                (
                    .remoteRun(workerCount: 1, hostCount: now),
                    .remoteRun(workerCount: 1, hostCount: next)
                ),
            ] {
                #expect(less.descriptorCount < more.descriptorCount)
                #expect(more.refusal(within: less.descriptorCount) != nil)
                #expect(more.refusal(within: more.descriptorCount) == nil)
            }
        }
    }
}
