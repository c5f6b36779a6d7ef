import Testing

@testable import Checkpoints

@Suite struct SafetensorsEncodingTests {
    @Test func `writes the layout of the format, byte for byte`() {
        let values: [Float] = [1, -2]
        let bytes = values.withUnsafeBytes { raw in
            SafetensorsFile.encode(
                metadata: ["k": "a\"\\\n\u{1}é"],
                tensors: [
                    TensorView(name: "t", shape: [1, 2], bytes: raw),
                    TensorView(
                        name: "e",
                        shape: [0],
                        bytes: UnsafeRawBufferPointer(rebasing: raw[..<0])
                    ),
                ]
            )
        }
        let header =
            #"{"__metadata__":{"k":"a\"\\\n\u0001é"},"#
            + #""t":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#
            + #""e":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}"#
        let size = (header.utf8.count + 7) / 8 * 8
        let padding = String(repeating: " ", count: size - header.utf8.count)
        #expect(Array(bytes.prefix(8)) == [UInt8(size), 0, 0, 0, 0, 0, 0, 0])
        #expect(String(decoding: bytes[8..<8 + size], as: UTF8.self) == header + padding)
        #expect(Array(bytes[(8 + size)...]) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    }

    @Test func `decodes to what was encoded`() throws {
        let values = floats(smallTable, salt: 3)
        let metadata = ["": "", "key": "\u{0}\u{1F}\t\r\"/\\ 日本 🧮"]
        let bytes = values.withUnsafeBytes { raw in
            SafetensorsFile.encode(metadata: metadata, tensors: smallTable.views(of: raw))
        }
        let file = try SafetensorsFile(decoding: bytes, path: "f")
        #expect(file.metadata == metadata)
        #expect(file.tensors.map(\.name) == smallTable.entries.map(\.name))
        #expect(file.tensors.map(\.shape) == smallTable.entries.map(\.shape))
        #expect(try file.floats(table: smallTable, prefix: "", path: "f") == values)
    }

    @Test func `gives equal bytes for equal state`() {
        #expect(sample(step: 8).encoded() == sample(step: 8).encoded())
    }
}
