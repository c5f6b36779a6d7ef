import TestTools
import Testing

@testable import Safetensors

@Suite struct SafetensorsDecodingTests {
    /// A file with the header and as many bytes of data.
    private func file(_ header: String, dataSize: Int = 0) -> [UInt8] {
        let size = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { [UInt8]($0) }
        return size + Array(header.utf8) + [UInt8](repeating: 0, count: dataSize)
    }

    private func tensor(_ shape: String, _ offsets: String, type: String = "F32") -> String {
        "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    /// A whole file, with metadata and two tensors.
    private let whole = SafetensorsFile.encode(
        metadata: ["format": "1", "name": "a \"quoted\" one"],
        floats: [("a", [2, 3], [1, 2, 3, 4, 5, 6]), ("b", [], [7])]
    )

    private func sentence(_ bytes: [UInt8], dataType: DataType? = .f32) -> String {
        do throws(SafetensorsError) {
            _ = try SafetensorsFile(decoding: bytes, path: "a/file", dataType: dataType)
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test func `accepts what the reference reader accepts`() throws {
        let texts: [(String, Int)] = [
            ("{}", 0), ("{}      ", 0), ("{\"__metadata__\":{}}", 0),
            ("{\"scalar\":\(tensor("[]", "[0,4]"))}", 4),
            ("{\"empty\":\(tensor("[0,7]", "[0,0]")),\"a\":\(tensor("[2]", "[0,8]"))}", 8),
            ("{\"b\":\(tensor("[1]", "[4,8]")),\"a\":\(tensor("[1]", "[0,4]"))}", 8),
            ("{\"a\":{\"shape\":[1], \"dtype\" : \"F32\",\n\"data_offsets\":[0,4]}}", 4),
        ]
        for (header, dataSize) in texts {
            #expect(sentence(file(header, dataSize: dataSize)) == "no error", "\(header)")
        }
    }

    @Test func `names the file, what was found and what was expected`() {
        #expect(
            sentence([1, 2, 3])
                == "a/file: 3 bytes where a header's size of 8 bytes was expected; "
                + "is this a complete safetensors file?"
        )
        #expect(
            sentence(file("{\"t\":\(tensor("[1]", "[0,2]", type: "F16"))}", dataSize: 2))
                == "a/file: t has the data type F16 where F32 was expected; "
                + "convert it to 32-bit floats"
        )
    }

    @Test func `reads every type of whole bytes, where none is asked for`() throws {
        for type in DataType.allCases {
            let header = "{\"t\":\(tensor("[3]", "[0,\(3 * type.size)]", type: type.rawValue))}"
            let bytes = file(header, dataSize: 3 * type.size)
            let tensor = try SafetensorsFile(decoding: bytes, path: "f")["t"]
            #expect(tensor?.dataType == type)
            #expect((sentence(bytes) == "no error") == (type == .f32), "\(type)")
        }
        let four = file("{\"t\":\(tensor("[2]", "[0,1]", type: "F4"))}", dataSize: 1)
        #expect(
            sentence(four, dataType: nil)
                == "a/file: t has the data type F4 where F32 or another of whole bytes was "
                + "expected; convert it"
        )
        #expect(
            sentence(whole, dataType: .bf16)
                == "a/file: a has the data type F32 where BF16 was expected; convert it"
        )
    }

    @Test func `refuses every lie of a header`() {
        let one = tensor("[1]", "[0,4]")
        let cases: [(header: String, dataSize: Int, clue: String)] = [
            ("", 0, "a header's size of 0"), ("  {}", 0, "does not begin with {"),
            ("[]", 0, "does not begin with {"), ("{\"a\"", 0, "the end of the text at"),
            ("{}x", 0, "byte 0x78 at offset 2"), ("{\"a\":1}", 0, "another entry"),
            ("{\"a\":\(one),\"a\":\(one)}", 4, "the key \"a\" twice"),
            ("{\"a\":\(one),\"\\u0061\":\(one)}", 4, "the key \"a\" twice"),
            ("{\"__metadata__\":{\"k\":1}}", 0, "\"k\" that is no string"),
            ("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", 0, "the key \"k\" twice"),
            ("{\"__metadata__\":[]}", 0, "an object of strings"),
            ("{\"a\":\(one)}", 3, "a data section of 3 bytes"),
            ("{\"a\":\(one)}", 5, "a data section of 5 bytes"),
            ("{\"a\":\(tensor("[1]", "[4,8]"))}", 8, "at offset 4"),
            ("{\"a\":\(one),\"b\":\(one)}", 8, "at offset 0"),
            ("{\"a\":\(one),\"b\":\(tensor("[1]", "[8,12]"))}", 12, "at offset 8"),
            ("{\"a\":\(tensor("[2]", "[0,4]"))}", 4, "a range of 8 bytes"),
            ("{\"a\":\(tensor("[1]", "[4,0]"))}", 4, "at 4 to 0"),
            ("{\"a\":\(tensor("[1]", "[0]"))}", 4, "two data_offsets"),
            ("{\"a\":\(tensor("[1]", "[0,4,8]"))}", 4, "two data_offsets"),
            ("{\"a\":\(tensor("[-1]", "[0,4]"))}", 4, "another entry"),
            ("{\"a\":\(tensor("[1.0]", "[0,4]"))}", 4, "another entry"),
            ("{\"a\":\(tensor("[01]", "[0,4]"))}", 4, "the number 01"),
            ("{\"a\":\(tensor("[99999999999999999999]", "[0,4]"))}", 4, "another entry"),
            ("{\"a\":\(tensor("[4611686018427387904]", "[0,0]"))}", 0, "a size of 64 bits"),
            ("{\"a\":\(tensor("[4294967296,4294967296]", "[0,0]"))}", 0, "a size of 64 bits"),
            ("{\"a\":\(tensor("[1]", "[9223372036854775803,9223372036854775807]"))}", 4, "offset"),
            ("{\"a\":\(String(repeating: "[", count: 100_000))", 0, "levels deep"),
            ("{\"a", 0, "the end of the text inside"), ("{\"\\ud800\":1}", 0, "surrogate"),
            ("{\"\\x\":1}", 0, "unknown escape"), ("{\"\\u00g0\":1}", 0, "escape \\u00g0"),
            ("{\"\\u+061\":1}", 0, "escape \\u+061"), ("{\"\n\":1}", 0, "control character"),
            ("{\"a\":\(one),}", 4, "without quotation marks"), ("{\"a\":true}", 0, "another entry"),
        ]
        for (header, dataSize, clue) in cases {
            let text = sentence(file(header, dataSize: dataSize))
            #expect(text.hasPrefix("a/file: "), "\(header.prefix(80))")
            #expect(text.contains(clue), "\(header.prefix(80)) gave \(text)")
        }
        #expect(sentence(file("{}").dropLast() + [0xFF]).contains("a key without quotation"))
        #expect(sentence(file("{\"\u{7F}\":1}").map { $0 == 0x7F ? 0xFF : $0 }).contains("UTF-8"))
    }

    @Test func `refuses a header's size that lies`() {
        let whole = file("{}")
        let sizes: [UInt64] = [
            0, 1, 3, 8, 1 << 22, 1 << 22 + 1, 1 << 40, UInt64.max, UInt64.max >> 1,
        ]
        for size in sizes {
            let bytes = withUnsafeBytes(of: size.littleEndian) { [UInt8]($0) }
            #expect(sentence(bytes + whole.dropFirst(8)).contains("header"), "\(size)")
        }
    }

    @Test func `refuses every truncation and every addition`() {
        #expect(sentence(whole) == "no error")
        for size in whole.indices {
            #expect(sentence(Array(whole.prefix(size))) != "no error", "the first \(size) bytes")
        }
        #expect(sentence(whole + [0]) != "no error")
    }

    @Test func `answers random bytes with an error`() {
        for seed in 0..<300 {
            var random = SeededBytes(state: UInt64(seed))
            var bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(sentence(bytes) != "no error", "seed \(seed)")
            bytes = file(String(decoding: bytes, as: UTF8.self))
            #expect(sentence(bytes) != "no error", "seed \(seed), as a header")
        }
    }

    @Test func `never traps on a damaged header`() {
        let headerSize = Int(whole[0]) + Int(whole[1]) << 8
        let marks = Array("{}[]\",:\\0129 -eu".utf8) + [0, 0x80, 0xFF]
        for seed in 0..<300 {
            var random = SeededBytes(state: UInt64(seed))
            var bytes = whole
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let offset = Int.random(in: 0..<8 + headerSize, using: &random)
                bytes[offset] = marks[Int.random(in: marks.indices, using: &random)]
            }
            if let file = try? SafetensorsFile(decoding: bytes, path: "f") {
                let size = file.tensors.reduce(0) { $0 + $1.range.count }
                #expect(size == file.withData(\.count), "seed \(seed)")
            }
        }
    }
}
