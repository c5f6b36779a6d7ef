import Testing

@testable import Safetensors

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
        let metadata = ["": "", "key": "\u{0}\u{1F}\t\r\"/\\ 日本 🧮"]
        let bytes = SafetensorsFile.encode(
            metadata: metadata,
            floats: [
                ("b.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("e", [0], []), ("scale", [], [-7]),
            ]
        )
        let file = try SafetensorsFile(decoding: bytes, path: "f")
        #expect(file.metadata == metadata)
        #expect(file.tensors.map(\.name) == ["b.weight", "e", "scale"])
        #expect(file.tensors.map(\.shape) == [[2, 3], [0], []])
        #expect(file.tensors.map { file.floats(of: $0) } == [[1, 2, 3, 4, 5, 6], [], [-7]])
        #expect(file["scale"] == file.tensors[2])
        #expect(file["bias"] == nil)
    }

    @Test func `keeps the bytes of any type`() throws {
        let values: [UInt16] = [0x3F80, 0xC000, 0]
        let bytes = values.withUnsafeBytes { raw in
            let view = TensorView(name: "t", dataType: .bf16, shape: [3], bytes: raw)
            return SafetensorsFile.encode(metadata: [:], tensors: [view])
        }
        let file = try SafetensorsFile(decoding: bytes, path: "f", dataType: .bf16)
        #expect(file.withData { Array($0.bindMemory(to: UInt16.self)) } == values)
    }
}
