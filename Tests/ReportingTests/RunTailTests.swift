import Figures
import Foundation
import TestTools
import Testing

@testable import Reporting

/// A run's files, followed while it writes.
struct RunTailTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func line(_ step: Int) -> String {
        "{\"kind\":\"step\",\"step\":\(step),\"time\":1,\"epoch\":1,\"loss\":1,\"accuracy\":1,\"samplesPerSecond\":1,\"formatVersion\":2}\n"
    }

    private func write(_ text: String, to name: String, appending: Bool = true) throws {
        let url = folder.url.appending(path: name)
        guard appending, let file = try? FileHandle(forWritingTo: url) else {
            return try Data(text.utf8).write(to: url)
        }
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    @Test func `takes up what is new, lines that come in pieces too`() throws {
        var tail = RunTail(folder: folder.url.path)
        tail.look()
        #expect(tail.lines.isEmpty && tail.events.isEmpty)
        let second = line(2)
        try write(line(1) + second.prefix(20), to: "metrics.jsonl")
        tail.look()
        #expect(tail.lines.map(\.step) == [1])
        try write(second.dropFirst(20) + "damaged\n" + line(3), to: "metrics.jsonl")
        try write("{\"kind\":\"workerJoined\",\"time\":1,\"step\":0}\n", to: "history.jsonl")
        tail.look()
        tail.look()
        #expect(tail.lines.map(\.step) == [1, 2, 3])
        #expect(tail.events.map(\.kind) == [.workerJoined])
        let epoch = "{\"kind\":\"epoch\",\"time\":1,\"step\":9,\"shards\":{\"a\":2}}\n"
        try write(epoch + epoch, to: "history.jsonl")
        tail.look()
        #expect(tail.events.map(\.kind) == [.workerJoined, .epoch])
        #expect(tail.events[1].shards == ["a": 4])
    }

    @Test func `begins anew where a run went back`() throws {
        var tail = RunTail(folder: folder.url.path)
        try write((1...9).map(line).joined(), to: "metrics.jsonl")
        tail.look()
        #expect(tail.lines.count == 9)
        try write((1...4).map(line).joined(), to: "metrics.jsonl", appending: false)
        tail.look()
        #expect(tail.lines.map(\.step) == [1, 2, 3, 4])
    }

    @Test func `of many lines keeps some, evenly spread, and those of few epochs`() throws {
        var tail = RunTail(folder: folder.url.path)
        let epoch = line(4_500).replacing(
            "step\",",
            with: "epoch\",\"seconds\":1,",
            maxReplacements: 1
        )
        let text = (1...4_500).map(line).joined() + epoch + (4_501...9_000).map(line).joined()
        try write(text, to: "metrics.jsonl")
        for _ in 0..<(text.utf8.count / (512 << 10) + 1) { tail.look() }
        let steps = tail.lines.filter { $0.kind == .step }.map(\.step)
        #expect(steps.count <= RunTail.lineCountMax && steps.count > RunTail.lineCountMax / 2)
        #expect(steps.first == 1 && steps.last ?? 0 > 8_900)
        let gaps = Set(zip(steps, steps.dropFirst()).map { $1 - $0 })
        #expect(gaps.count == 1, "\(gaps)")
        #expect(tail.lines.filter { $0.kind == .epoch }.map(\.step) == [4_500])
    }
}
