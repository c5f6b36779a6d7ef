import SeededRandom

/// What a simulation draws.
extension RandomStream {
    /// A number of `range`, each equally likely.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(uniform(below: UInt64(range.count)))
    }

    /// True `percentage` times in a hundred.
    mutating func chance(_ percentage: Int) -> Bool { number(in: 0...99) < percentage }

    /// A time of `range`, to the microsecond.
    mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        let width = range.upperBound - range.lowerBound
        let part = Int(width / .microseconds(1))
        return range.lowerBound + .microseconds(number(in: 0...part))
    }

    /// One of `choices`.
    mutating func choice<Element>(_ choices: [Element]) -> Element {
        choices[number(in: 0...choices.count - 1)]
    }
}
