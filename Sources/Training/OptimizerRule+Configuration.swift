import Configuration
import Model
import TrainingProtocol

/// The optimizer that a run's settings describe.
extension OptimizerRule {
    /// Takes the rates of all steps of a schedule.
    init(_ configuration: RunConfiguration, _ schedule: Schedule) {
        let settings = configuration.optimizer
        let method: Method =
            switch settings.method {
            case .adam, .adamw:
                .adam(
                    Adam(
                        beta1: Float(settings.beta1),
                        beta2: Float(settings.beta2),
                        epsilon: Float(settings.epsilon)
                    )
                )
            case .sgd:
                .sgd(momentum: Float(settings.momentum), isNesterov: settings.isNesterov)
            }
        self.init(
            method,
            learningRate: LearningRate(configuration, schedule),
            weightDecay: settings.weightDecay,
            averageDecay: settings.emaDecay
        )
    }
}

extension LearningRate {
    fileprivate init(_ configuration: RunConfiguration, _ schedule: Schedule) {
        let settings = configuration.optimizer.schedule
        let scale = configuration.learningRateScale
        let decay: Decay =
            switch settings.decay {
            case .constant: .none
            case .linear: .linear
            case .cosine: .cosine
            case .stepwise:
                .stepwise(
                    stepCount: settings.decayEvery * schedule.stepsPerEpoch,
                    factor: settings.decayFactor
                )
            }
        self.init(
            // As binary32 holds it, which other programs compute with.
            Double(Float(configuration.optimizer.learningRate)) * scale,
            floor: Double(Float(settings.floor)) * scale,
            decay: decay,
            warmUpStepCount: settings.warmUp.stepCount(of: schedule.stepCount),
            stepCount: schedule.stepCount
        )
    }
}

extension RunConfiguration.WarmUp {
    /// How many of a run's steps the warm-up takes; of a share, at least the first.
    func stepCount(of runStepCount: Int) -> Int {
        switch self {
        case .steps(let count): count
        case .share(let share): max(1, Int((share * Double(runStepCount)).rounded()))
        }
    }
}
