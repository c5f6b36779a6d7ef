/// An optimizer as a value: how parameters follow from gradients, and what state it keeps for that.
package struct OptimizerRule: Equatable, Sendable {
    /// What makes a step of a gradient.
    package enum Method: Equatable, Sendable {
        /// Adam.
        case adam(Adam)
        /// Stochastic gradient descent, with momentum if that is more than 0.
        case sgd(momentum: Float, isNesterov: Bool)
    }

    /// What makes a step of a gradient.
    package var method: Method
    /// How far a step goes.
    package var learningRate: LearningRate
    /// λ of decoupled weight decay: before each step every parameter shrinks by learning rate × λ
    /// (Loshchilov & Hutter 2019, algorithm 2).
    package var weightDecay: Double
    /// How much of the exponential moving average of the parameters stays from step to step; 0
    /// keeps none.
    package var averageDecay: Double

    /// Describes an optimizer; Adam at 0.001, without decay or average, unless told otherwise.
    package init(
        _ method: Method = .adam(Adam()),
        learningRate: LearningRate = LearningRate(Double(Float(0.001))),
        weightDecay: Double = 0,
        averageDecay: Double = 0
    ) {
        self.method = method
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.averageDecay = averageDecay
    }

    /// What the state is called, a name a slot, as checkpoints have it.
    package var slotNames: [String] {
        let names =
            switch method {
            case .adam: ["adam.firstMoment", "adam.secondMoment"]
            case .sgd(let momentum, _): momentum > 0 ? ["sgd.velocity"] : []
            }
        return averageDecay > 0 ? names + [Self.averageSlotName] : names
    }

    /// What the slot of the moving average is called.
    package static let averageSlotName = "ema"

    /// What training begins with: moments and velocity are zero, the average is the parameters.
    package func initialBuffers(of parameters: ParameterBuffer) -> OptimizerBuffers {
        let slots = slotNames.map { name in
            let buffer = ParameterBuffer(count: parameters.count)
            if name == Self.averageSlotName { buffer.copy(from: parameters) }
            return buffer
        }
        return OptimizerBuffers(parameters: parameters, slots: SlotBuffers(slots))
    }

    /// The moving average among an optimizer's buffers; nil where it keeps none.
    package func average(in buffers: OptimizerBuffers) -> ParameterBuffer? {
        averageDecay > 0 ? buffers.slots.last : nil
    }

    /// Step `number` from the current buffers to the next, with the mean gradient of a batch of
    /// `sampleCount` samples: the sum times the reciprocal of the count.
    ///
    /// - Parameter next: may be the same buffers.
    /// - Precondition: `sampleCount` and `number`, which counts from 1, are positive; both buffers
    ///   have this optimizer's slots.
    package func step(
        _ number: Int,
        from current: OptimizerBuffers,
        to next: OptimizerBuffers,
        gradientSum: ParameterBuffer,
        sampleCount: Int
    ) -> OptimizerStep {
        precondition(sampleCount > 0, "a batch of \(sampleCount) samples has no mean")
        let rate = learningRate.rate(step: number)
        let update: OptimizerStep.Update =
            switch method {
            case .adam(let adam): .adam(adam, size: adam.stepSize(step: number, rate: rate))
            case .sgd(let momentum, let isNesterov):
                momentum > 0
                    ? .momentum(momentum, rate: Float(rate), isNesterov: isNesterov)
                    : .descent(rate: Float(rate))
            }
        return OptimizerStep(
            update,
            from: current,
            to: next,
            gradientSum: gradientSum,
            factors: OptimizerStep.Factors(
                gradientScale: 1 / Float(sampleCount),
                shrinking: Float(1 - rate * weightDecay),
                averageDecay: averageDecay > 0 ? averageDecay(step: number) : nil
            )
        )
    }

    /// The average's decay at a step: less at first, so that the first parameters, which were drawn
    /// by lot, are soon forgotten (as TensorFlow's `ExponentialMovingAverage` with `num_updates`).
    private func averageDecay(step: Int) -> Float {
        Float(min(averageDecay, Double(1 + step) / Double(10 + step)))
    }
}
