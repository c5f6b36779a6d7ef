import Foundation
import TestTools
import Testing

@testable import Reporting

struct RunHistoryTests {
    private let time = Date(timeIntervalSince1970: 1_764_000_000.25)

    @Test func `reads back what it has written, beside what others have left`() throws {
        try withTemporaryFolder { folder in
            var start = HistoryEvent(.start, at: time, step: 0)
            start.origin = ["host": "alpha", "commit": "00ff"]
            let joined = HistoryEvent(
                .workerJoined,
                at: time,
                step: 3,
                worker: "beta/1 (ab, key \"k\")",
                workerCount: 2,
                text: "and\nmore"
            )
            var epoch = HistoryEvent(.epoch, at: time, step: 9)
            epoch.shards = ["beta/1": 7, "alpha/2": 2]
            let path = "\(folder)/history.jsonl"
            do {
                let history = try RunHistory(folder: folder)
                for event in [start, joined] { try history.append(event) }
            }
            // A start that was killed in the midst of a line.
            let torn = try text(of: path) + "{\"kind\":\"end\",\"ti"
            try torn.write(toFile: path, atomically: false, encoding: .utf8)
            let history = try RunHistory(folder: folder)
            try history.append(epoch)
            #expect(try RunHistory.events(inFolder: folder) == [start, joined, epoch])
            #expect(try text(of: path).split(separator: "\n").count == 4)
        }
    }

    @Test func `tells of every kind, and takes a folder without one`() throws {
        try withTemporaryFolder { folder in
            let events = try RunHistory.events(inFolder: folder)
            #expect(events.isEmpty)
            for kind in HistoryEvent.Kind.allCases {
                let event = HistoryEvent(kind, at: time, step: 1)
                #expect(HistoryEvent(parsing: ArraySlice(event.json.utf8)) == event)
            }
            let start = "{\"kind\":\"epoch\",\"step\":"
            for line in [
                "", "{}", "[]", start + "1,\"time\":null}", start + "1,\"time\":1e300}",
                start + "1,\"time\":-5}", start + "9223372036854775807,\"time\":1}",
            ] { #expect(HistoryEvent(parsing: ArraySlice(line.utf8)) == nil, "\(line)") }
            let greatest = start + "1,\"time\":1,\"shards\":{\"a\":9223372036854775807,\"b\":-1}}"
            let event = HistoryEvent(parsing: ArraySlice(greatest.utf8))
            #expect(event?.shards == ["a": 1 << 40])
        }
    }
}
