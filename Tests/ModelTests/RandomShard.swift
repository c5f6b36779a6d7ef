import Model
import SeededRandom

/// `count` samples of random pixels and labels; a third of the pixels are zero, as in real images.
func randomShard(count: Int, seed: UInt64) -> [UInt8] {
    var random = RandomStream(seed: seed, stream: 99)
    return (0..<count).flatMap { _ -> [UInt8] in
        let label = UInt8(random.uniform(below: 10))
        return [label]
            + (0..<784).map { _ in UInt8(max(0, Int(random.uniform(below: 384)) - 128)) }
    }
}
