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
            return floor + (start - floor) * (1 + cosine(halfTurns: progress(before: step)))
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
}
