import Foundation
import TestTools
import Testing

/// The bill of materials that goes with the Debian package.
struct MaterialsTests {
    private struct Bill: Decodable {
        struct Component: Decodable {
            struct License: Decodable {
                struct Name: Decodable { var id: String }
                var license: Name
            }
            var type: String
            var name: String
            var version: String
            var reference: String
            var purl: String?
            var licenses: [License]?

            private enum CodingKeys: String, CodingKey {
                case type, name, version, purl, licenses
                case reference = "bom-ref"
            }
        }
        struct Metadata: Decodable {
            var timestamp: String
            var component: Component
        }
        struct Dependency: Decodable {
            var ref: String
            var dependsOn: [String]
        }
        var bomFormat: String
        var specVersion: String
        var serialNumber: String
        var version: Int
        var metadata: Metadata
        var components: [Component]
        var dependencies: [Dependency]
    }

    private static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    /// Lists what the program that was built for the tests is made of.
    private func bill() throws -> Bill {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            Document.root.appending(path: "Deploy/materials").path,
            URL(filePath: Program.path).deletingLastPathComponent().path, "0.1.0",
        ]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SOURCE_DATE_EPOCH": "86400"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode(Bill.self, from: text)
    }

    @Test(.enabled(if: hasPython, "needs Python"))
    func `lists what was linked, and nothing else`() throws {
        let bill = try bill()
        #expect(bill.bomFormat == "CycloneDX" && bill.specVersion == "1.6" && bill.version == 1)
        #expect(
            bill.serialNumber.wholeMatch(of: /urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/)
                != nil
        )
        #expect(bill.metadata.timestamp == "1970-01-02T00:00:00Z")
        let itself = bill.metadata.component
        #expect(itself.name == "lockstep" && itself.version == "0.1.0")
        #expect(itself.licenses?.map(\.license.id) == ["Apache-2.0"])

        let names = bill.components.map(\.name)
        for name in ["swift-argument-parser", "swift-protobuf", "libzmq5", "libtiff6", "MNIST"] {
            #expect(names.contains(name), "\(name)")
        }
        // A plugin and Swift's own libraries are no part of the program.
        #expect(!names.contains { $0.contains("docc") || $0.hasPrefix("libswift") })

        let references = bill.components.map(\.reference)
        #expect(Set(references).count == references.count)
        #expect(bill.dependencies.map(\.ref) == [itself.reference])
        #expect(bill.dependencies.first?.dependsOn == references)
        for component in bill.components {
            #expect(["library", "data"].contains(component.type) && !component.version.isEmpty)
            let purl = try component.purl.map {
                try #require(
                    try Regex("pkg:(swift|deb|generic)/[^ ]+@[\\w.%-]+(\\?arch=\\w+)?").wholeMatch(
                        in: $0
                    )
                )
            }
            #expect(purl != nil || component.type == "data")
            if component.purl?.hasPrefix("pkg:swift/") == true {
                let license = component.licenses?.first?.license.id
                #expect(
                    ["Apache-2.0", "MIT"].contains(license),
                    "\(component.name): \(license ?? "")"
                )
            }
        }
        let data = bill.components.first { $0.type == "data" }
        #expect(data?.licenses?.map(\.license.id) == ["CC-BY-SA-3.0"])
    }
}
