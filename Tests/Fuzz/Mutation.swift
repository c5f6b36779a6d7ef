import SeededRandom

/// Damages bytes in the ways that break decoders: each result depends on the seed and its number
/// alone, so that any can be made again.
struct Mutator {
    private var random: RandomStream

    /// Will damage input `number` of a run with `seed`.
    init(seed: UInt64, number: Int) { random = RandomStream(seed: seed, stream: UInt64(number)) }

    /// A number below `bound`.
    mutating func number(below bound: Int) -> Int { Int(random.uniform(below: UInt64(bound))) }

    /// One of the corpus, damaged one to eight times; sometimes whole.
    mutating func input(from corpus: [[UInt8]]) -> [UInt8] {
        var bytes = corpus[number(below: corpus.count)]
        for _ in 0..<number(below: 9) { damage(&bytes, corpus) }
        return bytes
    }

    /// Numbers at which counts and sizes go wrong.
    private static let telling: [UInt64] = [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFFF, 1 << 40, .max >> 1, 1 << 63, .max,
    ]

    private mutating func damage(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
        guard !bytes.isEmpty else { return bytes = [UInt8(truncatingIfNeeded: random.next())] }
        let place = number(below: bytes.count)
        switch number(below: 9) {
        case 0: bytes[place] ^= 1 << number(below: 8)
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + number(below: 16)))
        case 3: bytes.removeSubrange(place...)
        case 4:
            let copy = bytes[place..<min(bytes.count, place + 1 + number(below: 64))]
            bytes.insert(contentsOf: copy, at: number(below: bytes.count))
        case 5:
            let other = corpus[number(below: corpus.count)]
            guard !other.isEmpty else { return }
            bytes.replaceSubrange(place..., with: other[number(below: other.count)...])
        case 6:
            let noise = (0...number(below: 16)).map { _ in UInt8(truncatingIfNeeded: random.next())
            }
            bytes.insert(contentsOf: noise, at: place)
        default:
            let value = Self.telling[number(below: Self.telling.count)]
            let width = 1 << number(below: 4)
            let isBigEndian = number(below: 2) == 0
            for index in 0..<width where place + index < bytes.count {
                let shift = 8 * (isBigEndian ? width - 1 - index : index)
                bytes[place + index] = UInt8(truncatingIfNeeded: value >> shift)
            }
        }
        // What grows is cut, so that one input costs no more than another.
        if bytes.count > 1 << 20 { bytes.removeSubrange((1 << 20)...) }
    }
}
