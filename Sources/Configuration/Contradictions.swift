extension RunConfiguration {
    /// Finds settings that cannot be together, each within its bounds.
    ///
    /// - Throws: ``ConfigurationError/contradiction(found:expected:remedy:)`` at the first.
    func checkTogether() throws(ConfigurationError) {
        try checkOptimizer()
        try checkWeightDecay()
        try checkLearningRate()
        try checkStopping()
        try checkClasses()
    }

    private func checkClasses() throws(ConfigurationError) {
        guard let names = data.classNames, let count = data.classCount, names.count != count else {
            return
        }
        throw .contradiction(
            found: "\(names.count) classNames with classes \(count)",
            expected: "a name for each class",
            remedy: "give as many names, or leave out --classes"
        )
    }

    private func checkStopping() throws(ConfigurationError) {
        guard data.validationSplit == 0 else { return }
        for key in ["untilAccuracy", "earlyStopping"] {
            try require(
                key,
                isDefaultWith: "validationSplit 0",
                "leave it out, or hold some images out to validate on"
            )
        }
    }

    private func checkOptimizer() throws(ConfigurationError) {
        let method = "optimizer \(optimizer.method.rawValue)"
        if optimizer.method == .sgd {
            for key in ["beta1", "beta2", "epsilon"] {
                try require(key, isDefaultWith: method, "leave it out, or choose --optimizer adam")
            }
            guard optimizer.isNesterov, optimizer.momentum == 0 else { return }
            throw .contradiction(
                found: "nesterov true with momentum 0",
                expected: "some momentum",
                remedy: "give --momentum, such as 0.9, or leave out --nesterov"
            )
        }
        for key in ["momentum", "nesterov"] {
            try require(key, isDefaultWith: method, "leave it out, or choose --optimizer sgd")
        }
    }

    private func checkWeightDecay() throws(ConfigurationError) {
        if optimizer.method == .adam {
            try require(
                "weightDecay",
                isDefaultWith: "optimizer adam",
                "leave it out, or choose --optimizer adamw"
            )
        }
        if optimizer.method == .adamw, optimizer.weightDecay == 0 {
            throw .contradiction(
                found: "optimizer adamw with weightDecay 0",
                expected: "some weight decay",
                remedy: "give --weight-decay, such as 0.01, or choose --optimizer adam"
            )
        }
        let product = optimizer.learningRate * learningRateScale * optimizer.weightDecay
        guard product < 1 else {
            throw .contradiction(
                found: "weightDecay \(optimizer.weightDecay) with a learning rate of "
                    + "\(optimizer.learningRate * learningRateScale)",
                expected: "a product below 1",
                remedy: "with that, a step would take all of a parameter: lower one of them"
            )
        }
    }

    private func checkLearningRate() throws(ConfigurationError) {
        let schedule = optimizer.schedule
        let word = "learningRateSchedule \(schedule.decay.rawValue)"
        if schedule.decay == .constant {
            try require(
                "learningRateFloor",
                isDefaultWith: word,
                "leave it out, or choose another --learning-rate-schedule"
            )
        }
        if schedule.decay != .stepwise {
            for key in ["decayEvery", "decayFactor"] {
                try require(
                    key,
                    isDefaultWith: word,
                    "leave it out, or choose --learning-rate-schedule stepwise"
                )
            }
        }
        guard schedule.floor <= optimizer.learningRate else {
            throw .contradiction(
                found: "learningRateFloor \(schedule.floor) with learningRate "
                    + "\(optimizer.learningRate)",
                expected: "a floor that is no higher than the start",
                remedy: "lower --learning-rate-floor, or raise --learning-rate"
            )
        }
    }

    private func require(
        _ key: String,
        isDefaultWith other: String,
        _ remedy: String
    ) throws(ConfigurationError) {
        let setting = Setting.of(key)
        let text = setting.text(in: self)
        guard text != setting.defaultText else { return }
        throw .contradiction(
            found: "\(key) \(text) with \(other)",
            expected: "\(key) \(setting.defaultText)",
            remedy: remedy
        )
    }

    /// What the learning rate is multiplied by for the size of the batch: the linear scaling rule
    /// (Goyal et al. 2017, section 2.1).
    package var learningRateScale: Double {
        optimizer.schedule.batchSize.map { Double(batchSize) / Double($0) } ?? 1
    }

    /// What the rule did, for the operator; nil where no batch is named.
    package var learningRateNote: String? {
        guard let meant = optimizer.schedule.batchSize else { return nil }
        let rate = optimizer.learningRate
        let samples = "\(meant) sample\(meant == 1 ? "" : "s")"
        guard batchSize != meant else {
            return "the learning rate \(rate) is meant for batches of \(samples), and stays"
        }
        return "the learning rate \(rate) is meant for batches of \(samples): "
            + "\(rate * learningRateScale) for \(batchSize) (linear scaling rule)"
    }
}
