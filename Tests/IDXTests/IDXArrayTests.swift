import Foundation
import TestTools
import Testing

@testable import IDX

struct IDXArrayTests {
    private static let array = IDXArray(
        dimensions: [3, 2, 4],
        bytes: (0..<24).map { UInt8($0 * 10) }
    )

    private func read(
        _ bytes: [UInt8],
        itemShape: [Int]? = nil,
        countMax: Int = .max
    ) throws(IDXError) -> IDXArray {
        try IDXArray(IDXFile(name: "f", bytes: bytes), itemShape: itemShape, countMax: countMax)
    }

    @Test func `writes the layout of the format, byte for byte`() {
        let array = IDXArray(dimensions: [1, 2], bytes: [7, 9])
        #expect(array.encoded == [0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9])
    }

    @Test func `reads back what it writes, of any number of dimensions, plain and gzip`() throws {
        for dimensions in [
            [5], [2, 3], [3, 2, 4], [1, 2, 3, 4], [Int](repeating: 1, count: 255),
        ] {
            let size = dimensions.reduce(1, *)
            let array = IDXArray(dimensions: dimensions, bytes: (0..<size).map { UInt8($0) })
            #expect(try read(array.encoded) == array)
            #expect(try read(Gzip.compressed(array.encoded)) == array)
            #expect(
                try read(array.encoded, itemShape: Array(dimensions.dropFirst())) == array
            )
        }
    }

    @Test func `hands out items`() {
        #expect(Self.array.count == 3)
        #expect(Self.array.itemSize == 8)
        #expect(Array(Self.array.item(at: 2)) == [160, 170, 180, 190, 200, 210, 220, 230])
        #expect(Array(IDXArray(dimensions: [2], bytes: [4, 5]).item(at: 1)) == [5])
    }

    @Test func `reads a file, and says why it cannot`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a-idx3-ubyte"
        try Data(Self.array.encoded).write(to: URL(filePath: path))
        #expect(try IDXArray(IDXFile(path: path)) == Self.array)
        #expect(throws: IDXError.tooLarge(file: path, sizeMax: 39)) {
            try IDXFile(path: path, sizeMax: 39)
        }
        let missing = folder.path + "/none"
        #expect(throws: IDXError.unreadable(file: missing, reason: "No such file or directory")) {
            try IDXFile(path: missing)
        }
        #expect(throws: IDXError.self) { try IDXFile(path: folder.path) }
    }

    @Test func `refuses items of another shape, and too many`() {
        #expect(throws: IDXError.wrongItemShape(file: "f", found: [2, 4], expected: [4, 2])) {
            try read(Self.array.encoded, itemShape: [4, 2])
        }
        #expect(throws: IDXError.wrongMagic(file: "f", found: 0x803, expected: 0x801)) {
            try read(Self.array.encoded, itemShape: [])
        }
        #expect(throws: IDXError.tooMany(file: "f", found: 3, countMax: 2)) {
            try read(Self.array.encoded, countMax: 2)
        }
    }

    @Test func `refuses other types of elements, and no dimensions`() {
        for magic: [UInt8] in [[0, 0, 0x0D, 1], [0, 0, 8, 0], [0, 1, 8, 1], [0x50, 0x4B, 3, 4]] {
            let word = magic.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            #expect(throws: IDXError.wrongMagic(file: "f", found: word, expected: nil)) {
                try read(magic + [0, 0, 0, 1, 5])
            }
        }
    }

    @Test func `refuses every truncation, and what follows`() {
        let whole = Self.array.encoded
        for bytes in [whole, Gzip.compressed(whole)] {
            for count in bytes.indices {
                #expect(throws: IDXError.self, "\(count)") { try read(Array(bytes.prefix(count))) }
            }
        }
        #expect(throws: IDXError.trailingBytes(file: "f", expected: whole.count)) {
            try read(whole + [0])
        }
    }

    @Test func `refuses dimensions whose product no memory holds, and empty ones`() {
        let header: [UInt8] = [0, 0, 8, 3] + [UInt8](repeating: 0xFF, count: 12)
        #expect(throws: IDXError.truncated(file: "f", found: 16, expected: .max)) {
            try read(header)
        }
        let stream = Gzip.compressed(header)
        #expect(
            throws: IDXError.impossiblePromise(
                file: "f",
                promised: .max,
                fileSize: stream.count
            )
        ) { try read(stream) }
        for dimensions in [[0, 4], [4, 0]] {
            #expect(throws: IDXError.empty(file: "f")) {
                try read(IDXArray(dimensions: dimensions, bytes: []).encoded)
            }
        }
    }
}
