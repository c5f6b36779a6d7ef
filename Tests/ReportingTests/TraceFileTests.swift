import Foundation
import TestTools
import Testing

@testable import Reporting

@Suite struct TraceFileTests {
    @Test func `writes lanes and slices as Chrome and Perfetto read them`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/trace.json"
            let file = try TraceFile(path: path)
            #expect(try text(of: path) == "")
            try file.write(
                lanes: [
                    .init(
                        name: "coordinator",
                        slices: [.init(name: "wait", start: 5_000, duration: 1_500)]
                    ),
                    .init(
                        name: "worker",
                        slices: [.init(name: "forward", start: 4_000, duration: 2_000)]
                    ),
                ],
                notes: ["clock": "one host"]
            )
            #expect(
                try text(of: path)
                    == #"{"displayTimeUnit":"ns","otherData":{"clock":"one host"},"traceEvents":["#
                    + #"{"args":{"name":"coordinator"},"name":"process_name","ph":"M","pid":1,"tid":1},"#
                    + #"{"dur":1.5,"name":"wait","ph":"X","pid":1,"tid":1,"ts":1},"#
                    + #"{"args":{"name":"worker"},"name":"process_name","ph":"M","pid":2,"tid":2},"#
                    + #"{"dur":2,"name":"forward","ph":"X","pid":2,"tid":2,"ts":0}]}"#
            )
        }
    }

    @Test func `says before a run that the file cannot be written`() {
        #expect(throws: ReportError.self) { _ = try TraceFile(path: "/dev/null/trace.json") }
    }
}
