import Foundation
import Safetensors
import TestTools
import Testing

@testable import Checkpoints

@Suite struct ModelFileTests {
    private let values = floats(smallTable, salt: 5)

    private func write(_ path: String, metadata: [String: String] = [:]) throws {
        try values.withUnsafeBytes { raw in
            try ModelFile.write(
                path: path,
                parameters: raw,
                table: smallTable,
                metadata: metadata
            )
        }
    }

    private func sentence(_ path: String) -> String {
        do throws(CheckpointError) {
            _ = try ModelFile.read(path: path, table: smallTable)
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test func `gives back the parameters and the settings`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/model.safetensors"
        try write(path)
        try write(path, metadata: ["transform.scale": "divide by 255"])
        let model = try ModelFile.read(path: path, table: smallTable)
        #expect(model.parameters == values)
        #expect(model.metadata["transform.scale"] == "divide by 255")
        #expect(model.metadata["format"] == "lockstep-model")
        #expect(
            model.metadata["digest"] == values.withUnsafeBytes(Digest.sha256).description
        )
        #expect(try folder.names() == ["model.safetensors"])
    }

    @Test func `takes the parameters of a checkpoint`() throws {
        let folder = try TemporaryFolder()
        try folder.write(sample(step: 2).encoded(), to: "c")
        let model = try ModelFile.read(path: folder.path + "/c", table: smallTable)
        #expect(model.parameters == sample(step: 2).parameters)
        #expect(model.metadata["step"] == "2")
    }

    @Test func `replaces a link instead of following it`() throws {
        let folder = try TemporaryFolder()
        try folder.write([9], to: "victim")
        let path = folder.path + "/model.safetensors"
        try FileManager.default.createSymbolicLink(
            atPath: path,
            withDestinationPath: "victim"
        )
        try write(path)
        #expect(FileManager.default.contents(atPath: folder.path + "/victim") == Data([9]))
        #expect(sentence(path) == "no error")
    }

    @Test func `says in a sentence why a file is no model`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/m"
        try write(path)
        let whole = [UInt8](try #require(FileManager.default.contents(atPath: path)))
        var flipped = whole
        flipped[whole.count - 3] ^= 4
        let tables: [(String, TensorTable)] = [
            ("missing", TensorTable([("b.weight", [2, 3]), ("a.bias", [5])])),
            (
                "extra",
                TensorTable([("b.weight", [2, 3]), ("a.bias", [4]), ("scale", []), ("x", [])])
            ),
            ("shape", TensorTable([("b.weight", [6]), ("a.bias", [4]), ("scale", [])])),
        ]
        for (name, table) in tables {
            let bytes = floats(table, salt: 1).withUnsafeBytes {
                SafetensorsFile.encode(metadata: [:], tensors: table.views(of: $0))
            }
            try folder.write(bytes, to: name)
        }
        try folder.write(Array(whole.dropLast()), to: "truncated")
        try folder.write(flipped, to: "flipped")
        try folder.write(Array("PK\u{3}\u{4} not this format".utf8), to: "zip")
        let cases = [
            ("missing", "a.bias has the shape [5] where [4] was expected"),
            ("extra", "a tensor x where none of that name was expected"),
            ("shape", "b.weight has the shape [6] where [2, 3] was expected"),
            ("truncated", "a data section of 43 bytes where 44 bytes"),
            ("flipped", "the data section has the SHA-256"),
            ("zip", "is this a complete safetensors file?"),
            ("nowhere", "\"No such file or directory\" was found where it was to be opened"),
            (".", "a folder or device was found where a file was expected"),
            ("m/x", "\"Not a directory\" was found where it was to be opened"),
        ]
        for (name, clue) in cases {
            let text = sentence(folder.path + "/" + name)
            #expect(text.hasPrefix(folder.path + "/" + (name == "m/x" ? "m" : name)), "\(text)")
            #expect(text.contains(clue), "\(text)")
        }
        #expect(sentence("").contains("No such file"))
        #expect(sentence("/dev/null").contains("a folder or device"))
    }

    @Test func `says in a sentence why a model cannot be written`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/d/e",
            withIntermediateDirectories: true
        )
        let error = #expect(throws: CheckpointError.self) { try write(folder.path + "/d") }
        let clue = "\"Is a directory\" was found where it was to be put in its place"
        #expect(error?.description.contains(clue) == true)
        #expect(throws: CheckpointError.self) { try write(folder.path + "/none/m") }
        #expect(try folder.names() == ["d"])
    }

    @Test func `leaves the old model when any call fails`() throws {
        let calm = CrashingFileSystem()
        try calm.makeFolder("/fake")
        func write(_ salt: Int, by fileSystem: any FileSystem) throws {
            try floats(smallTable, salt: salt).withUnsafeBytes {
                try ModelFile.write(
                    path: "/fake/m",
                    parameters: $0,
                    table: smallTable,
                    metadata: [:],
                    fileSystem: fileSystem
                )
            }
        }
        try write(1, by: calm)
        let disk = calm.afterPowerCut(namesSurvive: false)
        for crashIndex in 0...calm.calls.count {
            let fileSystem = CrashingFileSystem(disk: disk, crashIndex: crashIndex)
            try? write(2, by: fileSystem)
            for namesSurvive in [false, true] {
                let after = CrashingFileSystem(
                    disk: fileSystem.afterPowerCut(namesSurvive: namesSurvive)
                )
                let model = try ModelFile.read(
                    path: "/fake/m",
                    table: smallTable,
                    fileSystem: after
                )
                let candidates = [floats(smallTable, salt: 1), floats(smallTable, salt: 2)]
                #expect(candidates.contains(model.parameters), "crash before call \(crashIndex)")
            }
        }
    }
}
