import Foundation
import Reporting
import Testing

@testable import HTMLReport

/// The live page and its parts.
struct LiveViewTests {
    private func view(_ answers: [ShardAnswer], workerCount: Int = 2) -> [String: String] {
        var history = ["a<b", "c"].map {
            HistoryEvent(.workerJoined, at: Date(timeIntervalSince1970: 10), step: 0, worker: $0)
        }
        history.insert(HistoryEvent(.start, at: Date(timeIntervalSince1970: 9), step: 0), at: 0)
        let run = ReportedRun(
            name: "r",
            state: .training,
            settings: [],
            lines: [],
            history: history,
            summary: nil
        )
        var moment = LiveView.Moment(stepCount: 8_440, epochCount: 5, time: 30)
        moment.step = 1_234
        moment.workerCount = workerCount
        let parts = LiveView(run, at: moment, answers: answers).parts
        return Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.text) })
    }

    private func answer(_ step: Int, _ shards: Range<Int>, _ worker: String) -> ShardAnswer {
        ShardAnswer(step: step, shards: shards, worker: worker)
    }

    @Test func `has a place on the page for each part`() {
        let page = LivePage.html(title: "a<b")
        for name in view([]).keys {
            #expect(page.contains(" id=\"\(name)\""), "\(name)")
            #expect(LivePage.script.contains("\"\(name)\""), "\(name)")
        }
        #expect(page.contains("a&lt;b") && !page.contains("a<b"))
    }

    @Test func `says where the run stands`() throws {
        let facts = try #require(view([])["facts"])
        #expect(facts.contains("<dt>step</dt><dd>1,234 of 8,440</dd>"))
        #expect(facts.contains("<dt>workers</dt><dd>2</dd>"))
        #expect(facts.contains("<dt>time</dt><dd>21.0 s</dd>"))
    }

    @Test func `draws who computed which shard of the last steps`() throws {
        let answers = (1...100).flatMap { step in
            [answer(step, 0..<3, "a<b"), answer(step, 3..<4, "c")]
        }
        let map = try #require(view(answers)["shards"])
        #expect(map.ranges(of: "<rect class=\"f0\"").count == ShardMap.stepCountMax + 1)
        #expect(map.contains("<title>step 100, shards 0 to 2: a&lt;b</title>"))
        #expect(map.contains("<title>step 100, shard 3: c</title>"))
        #expect(!map.contains("step 60,") && map.contains("step 61,"))
        #expect(map.contains("a&lt;b 75 %, c 25 %"))
        #expect(try #require(view([])["shards"]).contains("no step has ended yet"))
    }

    @Test func `runs and styles nothing within the page, as its policy asks`() {
        let answers = [answer(1, 0..<1, "c")]
        let texts = view(answers).values + [LivePage.html(title: "r")]
        for text in texts {
            #expect(!text.contains(" style=") && !text.contains("<style"), "\(text)")
            #expect(!text.contains(#/\son[a-z]+=/#) && !text.contains("javascript:"), "\(text)")
            #expect(!text.contains(#/<script(?! src="/live.js")/#), "\(text)")
        }
        #expect(!LivePage.style.contains("url(") && !LivePage.script.contains("eval"))
    }
}
