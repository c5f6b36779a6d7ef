import Foundation
import Reporting
import Testing

@testable import HTMLReport

/// Who took part when, and what was survived, by a run's history.
struct WorkerTimelineTests {
    private func event(
        _ kind: HistoryEvent.Kind,
        _ time: Double,
        _ worker: String? = nil,
        _ text: String? = nil
    ) -> HistoryEvent {
        HistoryEvent(
            kind,
            at: Date(timeIntervalSince1970: time),
            step: 7,
            worker: worker,
            workerCount: 1,
            text: text
        )
    }

    private var history: [HistoryEvent] {
        var epoch = event(.epoch, 8)
        epoch.shards = ["a": 3, "b": 1]
        return [
            event(.start, 0), event(.workerJoined, 1, "a"), event(.workerJoined, 1, "b"),
            event(.workerLost, 4, "b", "its connection ended"), epoch,
            // Killed, and started again a long time later.
            event(.start, 1_000), event(.workerJoined, 1_001, "a"),
            event(.workerLost, 1_003, "a", "it left"), event(.end, 1_004, nil, "completed"),
        ]
    }

    @Test func `ends a worker's time with its loss, with its coordinator's, or with the run`() {
        let timeline = WorkerTimeline(history, until: nil)
        #expect(timeline.rows.map(\.name) == ["a", "b"])
        #expect(timeline.rows.map(\.spans) == [[1...8, 1_001...1_003], [1...4]])
        #expect(timeline.rows.map(\.shardCount) == [3, 1])
        #expect(timeline.rows.map(\.losses.count) == [0, 1])
        #expect(timeline.starts == [0...8, 1_000...1_004])
        #expect(timeline.runningTime(until: 1_002) == 10)
        #expect(timeline.html.contains("75.0 %"))
        #expect(timeline.html.contains("in 12.0 s of training"))
    }

    @Test func `goes on as long as training does`() {
        let going = Array(history.prefix(5))
        #expect(WorkerTimeline(going, until: 20).rows[0].spans == [1...20])
        #expect(WorkerTimeline([], until: nil).html.contains("no worker has joined yet"))
    }

    @Test func `shows no more workers than a page has room for`() {
        var epoch = event(.epoch, 8)
        for number in 0..<3_000 { epoch.shards["worker \(number)"] = number }
        let html = WorkerTimeline([event(.start, 0), epoch], until: nil).html
        #expect(html.contains("and 2,960 more that computed less"))
        #expect(html.contains("worker 2999") && !html.contains("worker 12<"))
    }

    @Test func `counts what was survived, and not who left`() {
        let faults = FaultList(history)
        #expect(faults.count == 2)
        #expect(faults.html.contains("1 start of the coordinator that went on, 1 lost worker."))
        #expect(faults.html.contains("b was lost: its connection ended"))
        #expect(FaultList(Array(history.prefix(3))).html == "<p>None.</p>")
        let many = (0..<100).map { event(.overdue, Double($0), "<x>", "step 3") }
        #expect(FaultList(many).html.contains("100 overdue rounds"))
        #expect(FaultList(many).html.contains("the first 40 are left out"))
        #expect(!FaultList(many).html.contains("<x>"))
    }
}
