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

    @Test func `keeps fewer lines of many, the first and the last among their ends`() throws {
        var tail = RunTail(folder: folder.url.path)
        try write((1...9_000).map(line).joined(), to: "metrics.jsonl")
        var before = -1
        while tail.lines.last?.step != 9_000 {
            tail.look()
            let last = try #require(tail.lines.last?.step)
            try #require(last > before)
            before = last
        }
        #expect(tail.lines.count <= RunTail.lineCountMax && tail.lines.count > 900)
        #expect(tail.lines[0].step < 20)
        #expect(zip(tail.lines, tail.lines.dropFirst()).allSatisfy { $0.step < $1.step })
    }
}
