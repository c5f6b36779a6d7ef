import Foundation
import TestTools
import Testing

/// What `Deploy` says of the project.
struct DeployTests {
    private let files: [SourceTree.File]

    init() throws {
        let folder = Document.root.appending(path: "Deploy")
        files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
            .filter { path in
                var isFolder: ObjCBool = false
                let path = folder.appending(path: path).path
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                    && !isFolder.boolValue && !path.contains("__pycache__")
            }
            .map { try SourceTree.file("Deploy/\($0)") }
    }

    @Test func `names one version, the program's`() throws {
        let source = try SourceTree.file("Sources/lockstep/Commands/VersionCommand.swift").lines
        let declared = source.compactMap { $0.firstMatch(of: /version = "([\d.]+)"/)?.1 }
        let version = try #require(declared.first)
        let mentions =
            /(?:lockstep:|lockstep_|newTag: "|image\.version="|kubernetes\.io\/version: ")(\d+\.\d+\.\d+)/
        var count = 0
        for file in files {
            for line in file.lines {
                for mention in line.matches(of: mentions) {
                    #expect(mention.output.1 == version, "\(file.path): \(line)")
                    count += 1
                }
            }
        }
        #expect(count > 10)
    }

    @Test func `names its licence in every script, and in the image`() throws {
        for file in files where file.lines[0].hasPrefix("#!") {
            #expect(file.lines[1] == "# SPDX-License-Identifier: Apache-2.0", "\(file.path)")
        }
        let image = try SourceTree.file("Deploy/Dockerfile").lines
        for label in [
            "title", "description", "version", "revision", "created", "licenses", "base.name",
        ] {
            let isThere = image.contains { $0.contains("org.opencontainers.image.\(label)=") }
            #expect(isThere, "\(label)")
        }
        let license = try SourceTree.file("LICENSE").lines
        #expect(license.contains { $0.contains("Apache License") })
        #expect(license.contains { $0.contains("END OF TERMS AND CONDITIONS") })
        let data = try SourceTree.file("Sources/MNIST/Resources/README.md").lines
        #expect(data.contains { $0.contains("CC BY-SA 3.0") })
    }
}
