import SwiftProtobuf

/// The bytes of one header: those of a step's messages fit into the value itself, so that no step
/// asks for memory.
package struct HeaderBytes: SwiftProtobufContiguousBytes, RandomAccessCollection, Sendable {
    /// A header without text takes at most 60 bytes.
    private static let inlineCountMax = 128

    private var inline = InlineArray<128, UInt8>(repeating: 0)
    /// All bytes, where there are too many for the value.
    private var outlying: [UInt8] = []

    /// How many there are.
    package let count: Int

    /// Makes `count` bytes of one value.
    package init(repeating value: UInt8, count: Int) {
        self.count = count
        if count > Self.inlineCountMax {
            outlying = Array(repeating: value, count: count)
        } else if value != 0 {
            inline = InlineArray(repeating: value)
        }
    }

    /// Copies bytes from memory.
    package init(copying bytes: UnsafeRawBufferPointer) {
        self.init(repeating: 0, count: bytes.count)
        withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
    }

    /// Copies bytes from anywhere.
    package init<S: Sequence>(_ bytes: S) where S.Element == UInt8 {
        self = Array(bytes).withUnsafeBytes { HeaderBytes(copying: $0) }
    }

    /// Lends the bytes for as long as `body` runs.
    package func withUnsafeBytes<R>(
        _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        if count > Self.inlineCountMax { return try outlying.withUnsafeBytes(body) }
        return try Swift.withUnsafeBytes(of: inline) {
            try body(UnsafeRawBufferPointer(rebasing: $0[..<count]))
        }
    }

    /// Lends the bytes, to be written, for as long as `body` runs.
    package mutating func withUnsafeMutableBytes<R>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> R
    ) rethrows -> R {
        if count > Self.inlineCountMax { return try outlying.withUnsafeMutableBytes(body) }
        let count = count
        return try Swift.withUnsafeMutableBytes(of: &inline) {
            try body(UnsafeMutableRawBufferPointer(rebasing: $0[..<count]))
        }
    }

    /// The place of the first byte.
    package var startIndex: Int { 0 }

    /// The place behind the last byte.
    package var endIndex: Int { count }

    /// The byte at a place.
    package subscript(index: Int) -> UInt8 {
        count > Self.inlineCountMax ? outlying[index] : inline[index]
    }
}
