import TestTools
import Testing

@testable import IDX

struct GzipInflaterTests {
    private let text = Array("a shard is sixteen consecutive samples of a batch".utf8)

    /// Reads up to `sizeMax` bytes, `step` at a time.
    private func inflate(
        _ compressed: [UInt8],
        step: Int,
        sizeMax: Int = 10_000
    ) throws(GzipError) -> [UInt8] {
        let inflater = GzipInflater(compressed)
        var result: [UInt8] = []
        while result.count < sizeMax {
            var piece = [UInt8](repeating: 0, count: step)
            let count = try piece.withUnsafeMutableBufferPointer { buffer throws(GzipError) in
                try inflater.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            result += piece.prefix(count)
            if count < step { break }
        }
        return result
    }

    @Test func `gives back what was compressed, whatever the size of the reads`() throws {
        for step in 1...60 {
            #expect(try inflate(Gzip.compressed(text), step: step) == text, "step \(step)")
        }
    }

    @Test func `joins the members of a stream, empty ones too`() throws {
        let stream =
            Gzip.compressed(text) + Gzip.compressed([]) + Gzip.compressed(Array(text.reversed()))
        for step in [1, 7, 49, 50, 98, 200] {
            #expect(try inflate(stream, step: step) == text + text.reversed(), "step \(step)")
        }
    }

    @Test func `refuses bytes after the last member`() {
        for tail: [UInt8] in [[0], [0x1f], [1, 2, 3]] {
            #expect(throws: GzipError.trailingBytes) {
                try inflate(Gzip.compressed(text) + tail, step: 100)
            }
        }
    }

    @Test func `refuses every truncation`() {
        let stream = Gzip.compressed(text)
        for count in 1..<stream.count {
            #expect(throws: GzipError.self, "cut to \(count)") {
                try inflate(Array(stream.prefix(count)), step: 100)
            }
        }
    }

    @Test func `refuses a wrong checksum and a wrong size`() {
        for offset in [-1, -5] {
            var stream = Gzip.compressed(text)
            stream[stream.count + offset] ^= 1
            #expect(throws: GzipError.self, "flipped at \(offset)") {
                try inflate(stream, step: 100)
            }
        }
    }

    @Test func `inflates no more than it is asked for`() throws {
        let inflater = GzipInflater(Gzip.compressed([UInt8](repeating: 0, count: 1_000_000)))
        var piece = [UInt8](repeating: 1, count: 10)
        let count = try piece.withUnsafeMutableBytes { try inflater.read(into: $0) }
        #expect(count == 10)
        #expect(inflater.inflatedSize == 10)
    }
}
