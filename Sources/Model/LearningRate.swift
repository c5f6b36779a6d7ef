/// The learning rate as a pure function of the step, so that a run which goes on needs nothing but
/// the step's number.
package struct LearningRate: Equatable, Sendable {
    /// How the rate falls once the warm-up is over.
    package enum Decay: Equatable, Sendable {
        /// It does not.
        case none
        /// In a straight line to the floor, which the end of the run would be the first to have.
        case linear
        /// Along half a cosine to the floor, in the same time (Loshchilov & Hutter 2017, equation
        /// 5, without restarts).
        case cosine
        /// By a factor, again after the same number of steps, but not below the floor.
        case stepwise(stepCount: Int, factor: Double)
    }

    /// The rate after the warm-up.
    package var start: Double
    /// What the rate does not fall below.
    package var floor: Double
    /// How the rate falls.
    package var decay: Decay
    /// Steps in which the rate rises in a straight line, the last of them with the whole rate.
    package var warmUpStepCount: Int
    /// Steps of the whole run.
    package var stepCount: Int

    /// Describes a rate; one that stays as it is unless told otherwise.
    package init(
        _ start: Double,
        floor: Double = 0,
        decay: Decay = .none,
        warmUpStepCount: Int = 0,
        stepCount: Int = 0
    ) {
        self.start = start
        self.floor = floor
        self.decay = decay
        self.warmUpStepCount = warmUpStepCount
        self.stepCount = stepCount
    }

    /// The rate of a step, counted from 1.
    ///
    /// - Precondition: `step` is positive.
    package func rate(step: Int) -> Double {
        precondition(step > 0, "step \(step) where steps count from 1")
        if step <= warmUpStepCount { return start * Double(step) / Double(warmUpStepCount) }
        switch decay {
        case .none:
            return start
        case .linear:
            return floor + (start - floor) * (1 - progress(before: step))
        case .cosine:
            return floor + (start - floor) * (1 + Self.cosine(halfTurns: progress(before: step)))
                / 2
        case .stepwise(let stepCount, let factor):
            return max(floor, start * power(factor, (step - 1) / stepCount))
        }
    }

    /// The share of the decay that is over when a step begins: 0 at the first after the warm-up.
    private func progress(before step: Int) -> Double {
        let done = step - 1 - warmUpStepCount
        return min(1, Double(done) / Double(max(1, stepCount - warmUpStepCount)))
    }

    /// cos(π·x) for x from 0 to 1, of multiplications and additions in one order: a C library's
    /// `cos` may differ from the next.
    ///
    /// The Taylor series on [0, π/4], with |error| below 1e-16 there, and its mirror images.
    static func cosine(halfTurns x: Double) -> Double {
        if x > 0.5 { return -cosine(halfTurns: 1 - x) }
        let isNearOne = x <= 0.25
        let angle = (isNearOne ? x : 0.5 - x) * .pi
        let square = angle * angle
        var sum = 1.0
        // Of the cosine 1/(1·2), 1/(3·4) …; of the sine 1/(2·3), 1/(4·5) …
        let shift = isNearOne ? 0.0 : 1.0
        for index in stride(from: 8.0, through: 1, by: -1) {
            let last = 2 * index + shift
            sum = 1 - sum * square / (last * (last - 1))
        }
        return isNearOne ? sum : sum * angle
    }
}

/// value^exponent by repeated squaring: multiplications in one order, where a C library's `pow` may
/// differ from the next.
func power(_ value: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, value, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
