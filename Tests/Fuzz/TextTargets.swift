import Checkpoints
import Figures
import Foundation
import Hosting
import Reporting
import TestTools
import Training
import TrainingDriver
import WebServer

/// What is read from a run's folder, from lists, and from who asks over HTTP.
extension FuzzTarget {
    private static let table = TensorTable([("a", [2, 2]), ("b", [3])])

    private static let metadata = CheckpointMetadata(
        runID: "a \"run\"",
        step: 7,
        epoch: 1,
        seed: 3,
        configuration: ["seed": "3", "epochs": "5"],
        epochTotals: .init(lossSum: 1.5, correctCount: 3, sampleCount: 16),
        extra: ["distrusted": "1f a0", "history": "[{\"index\":0}]"]
    )

    /// A whole file, and metadata by themselves, which are otherwise kept from damage by their
    /// checksum: each line a key and its text.
    static var checkpoint: FuzzTarget {
        let lines = metadata.strings.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value)" }.joined(separator: "\n")
        return FuzzTarget(
            name: "checkpoint",
            corpus: [
                checkpointFile(), Array(lines.utf8),
                Array(lines.replacing("step 7", with: "step -7").utf8),
            ]
        ) { bytes in
            let read = try? Checkpoint(decoding: bytes, path: "f", table: table)
            if let read { check(read.parameters.count == 7, "\(read.parameters.count) floats") }
            let text = String(decoding: bytes, as: UTF8.self)
            var strings: [String: String] = [:]
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ", maxSplits: 1)
                if words.count == 2 { strings[String(words[0])] = String(words[1]) }
            }
            guard let metadata = try? CheckpointMetadata(strings: strings, path: "f") else {
                return
            }
            check(metadata.step >= 0 && metadata.epoch >= 0, "step \(metadata.step)")
            _ = RunIdentity.epochs(in: metadata)
        }
    }

    private static func checkpointFile() -> [UInt8] {
        let bytes = try? withTemporaryFolder { folder in
            let store = CheckpointStore(folder: folder + "/c", keepCount: 1, table: table)
            let floats: [Float] = [1, 2, 3, 4, 5, 6, 7]
            let saved = try floats.withUnsafeBytes {
                try store.save(metadata, parameters: $0, slots: [("a", $0), ("b", $0)])
            }
            return [UInt8](try Data(contentsOf: URL(filePath: saved.path)))
        }
        guard let bytes else { fatalError("no checkpoint could be written") }
        return bytes
    }

    static var hosts: FuzzTarget {
        let texts = ["alpha slots=4\n# more\nada@beta:2\n[::1]:3\n", "gamma\n\n"]
        return FuzzTarget(name: "hosts", corpus: texts.map { Array($0.utf8) }) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let hosts = (try? HostList.hosts(inFile: text, named: "f")) ?? []
            for host in hosts + ((try? HostList.read(text, file: nil)) ?? []) {
                let isName = !host.destination.hasPrefix("-") && !host.destination.isEmpty
                check(isName, "'\(host.destination)' is no host")
                check((1...1_024).contains(host.workerCount ?? 1), "\(host)")
            }
        }
    }

    static var metrics: FuzzTarget {
        let lines = """
            {"accuracy":0.5,"epoch":1,"kind":"step","loss":0.5,"samplesPerSecond":1.5,"step":100,"time":1.5}
            {"accuracy":0.5,"epoch":1,"formatVersion":2,"kind":"epoch","loss":0.5,"samplesPerSecond":1,"seconds":2,"step":120,"time":2,"val_loss":null}

            """
        return FuzzTarget(name: "metrics", corpus: [Array(lines.utf8)]) { bytes in
            try? withTemporaryFolder { folder in
                try Data(bytes).write(to: URL(filePath: "\(folder)/metrics.jsonl"))
                _ = try MetricsLog(folder: folder, resumingAtStep: 150)
            }
        }
    }

    /// What a server reads of a request beside what NIO does, and of an address.
    static var web: FuzzTarget {
        let requests = [
            "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "/events?token=0123456789abcdef",
            "[::1]:8080", "lockstep-8080=0123456789abcdef; a=b", "Bearer 0123456789abcdef",
        ]
        return FuzzTarget(name: "web", corpus: requests.map { Array($0.utf8) }) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? ListenAddress(text, option: "--x")
            let fields = ["Host", "Cookie", "Authorization"].map { HTTPRequest.Field($0, text) }
            let request = HTTPRequest(target: text, fields: fields)
            var generator = SystemRandomNumberGenerator()
            for token in [nil, AccessToken("0123456789abcdef0")] {
                let access = AccessGuard([], token: token, port: 1, generator: &generator)
                let answer = access.answer(to: request)
                check(answer?.status != .ok, text)
            }
        }
    }
}
