extension RunConfiguration {
    /// How the parameters follow from the samples' losses.
    package struct OptimizerSettings: Equatable, Sendable {
        /// What makes a step of a gradient.
        package var method = OptimizerMethod.adam
        /// The step size, which the schedule may change.
        package var learningRate = 0.001
        /// Decay of Adam's mean of gradients, a step.
        package var beta1 = 0.9
        /// Decay of Adam's mean of squared gradients, a step.
        package var beta2 = 0.999
        /// What is added to Adam's denominator.
        package var epsilon = 1e-7
        /// What SGD keeps of its velocity, a step.
        package var momentum = 0.0
        /// Whether SGD's gradient is that of a step ahead.
        package var isNesterov = false
        /// What each parameter loses of itself in a step, as a multiple of the learning rate.
        package var weightDecay = 0.0
        /// The share of the target that all classes divide among them.
        package var labelSmoothing = 0.0
        /// Decay of the moving average of the parameters, a step; 0 for no such average.
        package var emaDecay = 0.0
        /// How the learning rate changes from step to step.
        package var schedule = LearningRateSettings()
    }

    /// What makes a step of a gradient; the raw values are the words of configurations.
    package enum OptimizerMethod: String, CaseIterable, Sendable {
        /// Adam.
        case adam
        /// Adam with decoupled weight decay.
        case adamw
        /// Stochastic gradient descent.
        case sgd
    }

    /// How the learning rate changes from step to step.
    package struct LearningRateSettings: Equatable, Sendable {
        /// How it falls.
        package var decay = LearningRateDecay.constant
        /// What it does not fall below.
        package var floor = 0.0
        /// Epochs from one fall to the next, where it falls stepwise.
        package var decayEvery = 1
        /// What a fall leaves of it, where it falls stepwise.
        package var decayFactor = 0.1
        /// How it rises at the start.
        package var warmUp = WarmUp.steps(0)
        /// Samples a batch that the rate is meant for, or nil for whatever the batch is.
        package var batchSize: Int?
    }

    /// How the learning rate falls; the raw values are the words of configurations.
    package enum LearningRateDecay: String, CaseIterable, Sendable {
        /// It does not.
        case constant
        /// In a straight line.
        case linear
        /// Along half a cosine.
        case cosine
        /// By a factor, again after the same number of epochs.
        case stepwise
    }

    /// The length of the warm-up.
    package enum WarmUp: Equatable, Sendable {
        /// A number of steps.
        case steps(Int)
        /// A share of the run's steps, above 0 and below 1.
        case share(Double)
    }
}

extension RunConfiguration {
    /// Whether the number of epochs decides the model too: the rate of each step depends on it.
    var epochsDecideResult: Bool {
        let schedule = optimizer.schedule
        if case .share = schedule.warmUp { return true }
        return schedule.decay == .linear || schedule.decay == .cosine
    }
}
