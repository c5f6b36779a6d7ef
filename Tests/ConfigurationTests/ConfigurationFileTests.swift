import Foundation
import TestTools
import Testing

@testable import Configuration

@Suite struct ConfigurationFileTests {
    private func sentence(for path: String) -> String {
        do {
            return try ConfigurationFile(path: path).text
        } catch {
            return "\(error)"
        }
    }

    @Test func `passes over a byte order mark`() throws {
        try withTemporaryFolder { folder in
            let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("epochs: 3\n".utf8)
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/a.yaml"))
            let entries = try ConfigurationFile(path: "\(folder)/a.yaml").entries()
            #expect(entries == [.init(key: "epochs", value: "3", line: 1)])
        }
    }

    @Test func `says why a file cannot be read`() throws {
        try withTemporaryFolder { folder in
            #expect(
                sentence(for: "\(folder)/none.yaml")
                    == "\(folder)/none.yaml: No such file or directory "
                    + "where a configuration in YAML was expected; check the path that --config or "
                    + "LOCKSTEP_CONFIG gives"
            )
            #expect(sentence(for: folder).contains("s a directory where"))
            try Data([0x65, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: "\(folder)/a.yaml"))
            #expect(sentence(for: "\(folder)/a.yaml").contains("bytes that are not UTF-8"))
            try Data("epochs: 3".utf8).write(to: URL(fileURLWithPath: "\(folder)/b.yaml"))
            #expect(sentence(for: "\(folder)/b.yaml") == "epochs: 3")
            try #require(mkfifo("\(folder)/pipe", 0o600) == 0)
            #expect(sentence(for: "\(folder)/pipe").contains("a pipe or a device where"))
        }
    }
}
