import SeededRandom

/// Which answers are not believed before another worker has given the same.
///
/// The choice is a function of the work alone, so that it is the same in every process.
package struct Verification: Equatable, Sendable {
    /// Pieces of work that are computed twice, of a million.
    package let perMillion: Int

    /// Has this number of each million pieces of work computed twice.
    ///
    /// - Precondition: `perMillion` is in 0...1,000,000.
    package init(perMillion: Int) {
        precondition((0...1_000_000).contains(perMillion), "\(perMillion) of a million")
        self.perMillion = perMillion
    }

    /// Believes every first answer.
    package static let none = Verification(perMillion: 0)

    /// Whether `work` is to be computed twice.
    func includes(_ work: Work) -> Bool {
        if perMillion == 0 { return false }
        var random = RandomStream(
            seed: UInt64(work.version) << 1 | (work.round.isTraining ? 1 : 0),
            stream: UInt64(work.subtree.level) << 40 | UInt64(work.subtree.index)
        )
        return random.uniform(below: 1_000_000) < UInt64(perMillion)
    }
}
