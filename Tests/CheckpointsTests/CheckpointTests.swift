import Figures
import Foundation
import Safetensors
import TestTools
import Testing

@testable import Checkpoints

@Suite struct CheckpointTests {
    /// The file of a checkpoint whose metadata was changed and sealed anew.
    private func bytes(changing key: String, to value: String?) throws -> [UInt8] {
        let file = try SafetensorsFile(decoding: sample(step: 3).encoded(), path: "f")
        var metadata = file.metadata
        metadata["metadataSHA256"] = nil
        metadata["sha256"] = nil
        metadata[key] = value
        return file.withData { data in
            let views = file.tensors.map {
                TensorView(
                    name: $0.name,
                    shape: $0.shape,
                    bytes: UnsafeRawBufferPointer(rebasing: data[$0.range])
                )
            }
            return SafetensorsFile.encode(
                metadata: Checksums.added(to: metadata, data: [data]),
                tensors: views
            )
        }
    }

    private func error(_ bytes: [UInt8], table: TensorTable = smallTable) -> CheckpointError? {
        do throws(CheckpointError) {
            _ = try Checkpoint(decoding: bytes, path: "f", table: table)
            return nil
        } catch {
            return error
        }
    }

    @Test func `names the field that is absent or wrong`() throws {
        #expect(try error(bytes(changing: "note", to: "added by hand")) == nil)
        let cases: [(String, String?)] = [
            ("format", "lockstep-model"), ("formatVersion", "2"), ("formatVersion", "4"),
            ("step", "-1"), ("step", "x"),
            ("epoch", nil), ("seed", "18446744073709551616"), ("runID", nil),
            ("configuration", "{\"a\":1}"), ("configuration", "{\"a\":\"1\",\"a\":\"2\"}"),
            ("epochLossSumBits", "0.5"), ("epochCorrectCount", "-3"), ("epochSampleCount", ""),
            ("extra", "["),
        ]
        for (key, value) in cases {
            guard
                case .wrongMetadata("f", key, value, _) = try error(bytes(changing: key, to: value))
            else {
                Issue.record("\(key) = \(value ?? "nil")")
                continue
            }
        }
    }

    @Test(arguments: ["1", "2"])
    func `tells a run of an older version so, and reads its model`(version: String) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/old.safetensors"
            let older = try bytes(changing: "formatVersion", to: version)
            try Data(older).write(to: URL(fileURLWithPath: path))
            #expect(
                error(older)?.description
                    == "f: the metadata has formatVersion \"\(version)\" where version 3 was expected; "
                    + "was it written by another program or version?"
            )
            let model = try ModelFile.read(path: path, table: smallTable)
            #expect(model.metadata["formatVersion"] == version)
        }
    }

    @Test func `insists on its checksums`() throws {
        let whole = sample(step: 3).encoded()
        let text = Array("\"sha256\"".utf8)
        let place = try #require(whole.firstRange(of: text))
        var renamed = whole
        renamed.replaceSubrange(place, with: Array("\"sha257\"".utf8))
        guard case .wrongChecksum(_, "metadata", _, _) = error(renamed) else {
            Issue.record("\(String(describing: error(renamed)))")
            return
        }
        let bare = sample(step: 3).withBuffers { parameters, _, _ in
            SafetensorsFile.encode(
                metadata: sample(step: 3).metadata.strings,
                tensors: smallTable.views(of: parameters)
            )
        }
        #expect(
            error(bare)
                == .wrongMetadata(path: "f", key: "sha256", found: nil, expected: "a SHA-256")
        )
    }

    @Test func `holds the slots of any optimizer, each whole or not at all`() throws {
        let values = floats(smallTable, salt: 9)
        func encoded(_ names: [String]) -> [UInt8] {
            values.withUnsafeBytes { bytes in
                let state = TrainingState(
                    table: smallTable,
                    parameters: bytes,
                    slots: names.map { ($0, bytes) }
                )
                return Checkpoint.encode(sample(step: 3).metadata, state)
            }
        }
        for names in [[], ["ema"], ["sgd.velocity", "ema"]] {
            let bytes = encoded(names)
            let read = try Checkpoint(decoding: bytes, path: "f", table: smallTable)
            #expect(read.slots == Dictionary(uniqueKeysWithValues: names.map { ($0, values) }))
        }
        // The second tensor of the slot goes by another name.
        var torn = encoded(["ema"])
        let place = try #require(torn.firstRange(of: Array("ema.a.bias".utf8)))
        torn.replaceSubrange(place, with: Array("emb.a.bias".utf8))
        #expect(
            error(torn) == .unexpectedTensor(path: "f", name: "emb.a.bias")
        )
    }

    /// Every tensor of the slot bears the other name, as the only one of a small model may by a
    /// flipped bit.
    @Test func `notices a slot whose name has changed`() throws {
        let table = TensorTable([("scale", [2])])
        let values: [Float] = [1, 2]
        var bytes = values.withUnsafeBytes { bytes in
            let state = TrainingState(table: table, parameters: bytes, slots: [("ema", bytes)])
            return Checkpoint.encode(sample(step: 3).metadata, state)
        }
        #expect(error(bytes, table: table) == nil)
        let place = try #require(bytes.firstRange(of: Array("ema.scale".utf8)))
        bytes[place.lowerBound + 2] ^= 2
        #expect(
            error(bytes, table: table) == .unexpectedTensor(path: "f", name: "emc.scale")
        )
    }

    @Test func `notices another model`() throws {
        let whole = sample(step: 3).encoded()
        let entries = [("b.weight", [2, 3]), ("a.bias", [4]), ("scale", [])]
        #expect(
            error(whole, table: TensorTable(entries + [("more", [1])]))
                == .missingTensor(path: "f", name: "more")
        )
        #expect(
            error(whole, table: TensorTable(Array(entries.dropLast())))
                == .unexpectedTensor(path: "f", name: "scale")
        )
        #expect(
            error(whole, table: TensorTable([("b.weight", [3, 2])] + entries.dropFirst()))
                == .wrongShape(path: "f", tensor: "b.weight", found: [2, 3], expected: [3, 2])
        )
    }

    @Test func `keeps the loss's every bit`() throws {
        for sum in [0.1 + 0.2, -0.0, .leastNonzeroMagnitude, .infinity] {
            var checkpoint = sample(step: 1)
            checkpoint.metadata.epochTotals.lossSum = sum
            let decoded = try Checkpoint(
                decoding: checkpoint.encoded(),
                path: "f",
                table: smallTable
            )
            #expect(decoded.metadata.epochTotals.lossSum.bitPattern == sum.bitPattern)
        }
    }

    @Test func `notices every flipped bit of a checkpoint`() {
        let whole = sample(step: 3).encoded()
        for offset in whole.indices {
            var bytes = whole
            bytes[offset] ^= 1 << UInt8(offset % 8)
            let decoded = try? Checkpoint(decoding: bytes, path: "f", table: smallTable)
            // Another kind of white space in the padding changes nothing.
            #expect(decoded == nil || decoded == sample(step: 3), "offset \(offset)")
        }
    }

    @Test func `gives equal bytes for equal state`() {
        #expect(sample(step: 8).encoded() == sample(step: 8).encoded())
    }

    @Test func `says in the format's words that the file is none of floats`() {
        #expect(
            error([1, 2, 3])?.description
                == "f: 3 bytes where a header's size of 8 bytes was expected; "
                + "is this a complete safetensors file?"
        )
        let half: [UInt16] = [0]
        let file = half.withUnsafeBytes { raw in
            SafetensorsFile.encode(
                metadata: [:],
                tensors: [TensorView(name: "t", dataType: .f16, shape: [1], bytes: raw)]
            )
        }
        #expect(
            error(file)?.description
                == "f: t has the data type F16 where F32 was expected; convert it to 32-bit floats"
        )
    }
}
