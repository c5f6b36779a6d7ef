internal import Model
internal import SeededRandom

/// What the numbers of a check are like.
enum TrialNumbers: CaseIterable {
    /// Any between two bounds.
    case fine
    /// Rounded to −1, 0 and 1: then many windows have equal values, of which the first must win.
    case coarse
    /// Inputs are zero in most places of all samples, as where images have no ink.
    case sparse
    /// A few of them NaN or infinite, as in a run that has diverged.
    case broken

    /// Spoils a few numbers, none where the others are fine.
    func spoil(_ numbers: inout [Float], random: inout RandomStream) {
        guard self == .broken, !numbers.isEmpty else { return }
        for bad in Self.badNumbers {
            numbers[Int(random.uniform(below: UInt64(numbers.count)))] = bad
        }
    }

    /// Spoils a few numbers of the samples, leaving lanes without one as they are.
    func spoil(_ array: ShardArray, sampleCount: Int, random: inout RandomStream) {
        guard self == .broken else { return }
        for bad in Self.badNumbers {
            let element = Int(random.uniform(below: UInt64(array.elementCount)))
            let sample = Int(random.uniform(below: UInt64(sampleCount)))
            array.start[element * 16 + sample] = bad
        }
    }

    /// A NaN's bits may come from a damaged file: one of them has bits that an addition would carry
    /// into the sign.
    private static let badNumbers: [Float] = [
        .nan, Float(nan: 0x1F_FFFF, signaling: false), .infinity, -.infinity,
    ]
}
