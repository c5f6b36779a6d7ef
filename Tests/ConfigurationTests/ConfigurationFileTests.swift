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
        }
    }
}
