import Model

extension Setting {
    /// Every setting of a run, in the order of the configuration files.
    package static let all: [Setting] =
        [
            Setting(
                "dataset",
                \.dataset,
                ValueKind<String>.path.orWord("bundled"),
                decidesResult: false,
                effect: "folder of the four IDX files; bundled is MNIST as it ships"
            )
        ] + data + [
            Setting(
                "input",
                \.input.geometry,
                .choice(),
                effect: "how 28×28 becomes 32×32: zeros around (pad) or bilinear (resize)"
            ),
            Setting(
                "scale",
                \.input.scale,
                .choice(),
                effect: "pixels from 0 to 1 (unit) or from 0 to 255 (none)"
            ),
            Setting(
                "validationSplit",
                \.data.validationSplit,
                .share,
                unit: "of the training images",
                effect: "share, from the end of the file, that is held out to validate on"
            ),
            Setting(
                "batchSize",
                \.batchSize,
                .whole(1...65_536),
                unit: "samples",
                effect: "samples of one step; every 16 of them are a shard"
            ),
            Setting(
                "epochs",
                \.epochs,
                .whole(1...100_000),
                unit: "epochs",
                decidesResult: false,
                effect: "how often training goes through the training images"
            ),
            Setting(
                "optimizer",
                \.optimizer.method,
                .choice(),
                effect: "Adam, Adam with decoupled weight decay, or stochastic gradient descent"
            ),
            Setting(
                "learningRate",
                \.optimizer.learningRate,
                .positive(upTo: "1000"),
                effect: "the step size, which the schedule starts from"
            ),
            Setting(
                "beta1",
                \.optimizer.beta1,
                .share,
                unit: "a step",
                effect: "decay of Adam's mean of gradients"
            ),
            Setting(
                "beta2",
                \.optimizer.beta2,
                .share,
                unit: "a step",
                effect: "decay of Adam's mean of squared gradients"
            ),
            Setting(
                "epsilon",
                \.optimizer.epsilon,
                .positive(upTo: "1000"),
                effect: "added to Adam's denominator"
            ),
        ] + schedule + regularization + augmentation + [
            Setting(
                "seed",
                \.seed,
                .whole(0...UInt64.max),
                effect: "decides the first weights and the order of samples"
            ),
            Setting(
                "workers",
                \.workers,
                ValueKind<Int>.whole(1...1_024).orWord("auto"),
                unit: "processes",
                decidesResult: false,
                effect: "worker processes, or for coordinator and launch how many to wait for; "
                    + "auto is one a processor, there 1"
            ),
            Setting(
                "checkpointEvery",
                \.checkpoints.stepInterval,
                .whole(0...1_000_000_000),
                unit: "steps",
                decidesResult: false,
                effect: "steps between checkpoints beside those at each epoch's end; 0 is none"
            ),
            Setting(
                "checkpointsKept",
                \.checkpoints.keptCount,
                .whole(1...1_000),
                unit: "checkpoints",
                decidesResult: false,
                effect: "how many of the newest checkpoints stay on disk"
            ),
            Setting(
                "verify",
                \.verify,
                .rate,
                unit: "of the shards",
                decidesResult: false,
                effect: "share that two workers compute, so that wrong answers are found at once"
            ),
            Setting(
                "logEvery",
                \.logEvery,
                .whole(0...1_000_000_000),
                unit: "steps",
                decidesResult: false,
                effect: "steps between lines of metrics.jsonl beside the epochs' lines; 0 is none"
            ),
            Setting(
                "keepGoing",
                \.stopping.keepsGoing,
                .yesOrNo,
                decidesResult: false,
                effect: "whether training goes on once its loss is not finite, and does not stop"
            ),
            Setting(
                "untilAccuracy",
                \.stopping.untilAccuracy,
                ValueKind<Double>.rate.orWord("none"),
                decidesResult: false,
                effect: "training ends with the first epoch whose validation accuracy reaches this"
            ),
            Setting(
                "earlyStopping",
                \.stopping.patience,
                ValueKind<Int>.whole(1...100_000).orWord("none"),
                unit: "epochs",
                decidesResult: false,
                effect: "training ends after this many epochs without a lower validation loss"
            ),
        ]

    private static let data: [Setting] = [
        Setting(
            "classes",
            \.data.classCount,
            ValueKind<Int>.whole(2...255).orWord("auto"),
            effect: "how many classes the data set has; auto takes it from the labels"
        ),
        Setting(
            "classNames",
            \.data.classNames,
            ValueKind<[String]>.names.orWord("auto"),
            effect: "what the classes are called, in the labels' order; auto takes classes.txt of "
                + "the data set's folder, else the labels"
        ),
        Setting(
            "firstLabel",
            \.data.firstLabel,
            ValueKind<Int>.whole(0...1).orWord("auto"),
            effect: "the label of the first class; auto is 1 where labels go from 1 to the number "
                + "of classes, else 0"
        ),
        Setting(
            "transpose",
            \.data.isTransposed,
            .yesOrNo,
            effect: "whether images are stored column by column, as EMNIST's are"
        ),
    ]

    private static let schedule: [Setting] = [
        Setting(
            "learningRateSchedule",
            \.optimizer.schedule.decay,
            .choice(),
            effect:
                "how the learning rate falls: not, to the floor at the run's end along a line or "
                + "half a cosine, or by a factor every few epochs (decayEvery)"
        ),
        Setting(
            "learningRateFloor",
            \.optimizer.schedule.floor,
            .nonnegative(upTo: "1000"),
            effect: "what the learning rate does not fall below"
        ),
        Setting(
            "decayEvery",
            \.optimizer.schedule.decayEvery,
            .whole(1...100_000),
            unit: "epochs",
            effect: "epochs from one fall of a stepwise schedule to the next"
        ),
        Setting(
            "decayFactor",
            \.optimizer.schedule.decayFactor,
            .share,
            effect: "what a fall of a stepwise schedule leaves of the learning rate"
        ),
        Setting(
            "warmUp",
            \.optimizer.schedule.warmUp,
            .warmUp,
            unit: "steps",
            effect: "how long the learning rate rises at first, in a straight line"
        ),
        Setting(
            "learningRateBatch",
            \.optimizer.schedule.batchSize,
            ValueKind<Int>.whole(1...65_536).orWord("any"),
            effect:
                "the batch that the learning rate is meant for; with another one it is scaled in "
                + "proportion"
        ),
    ]

    private static let augmentation: [Setting] = [
        Setting(
            "augmentShift",
            \.input.augmentation.shift,
            .nonnegative(upTo: "28"),
            unit: "pixels",
            effect: "how far an image that is trained on is moved at random, either way"
        ),
        Setting(
            "augmentRotation",
            \.input.augmentation.rotation,
            .nonnegative(upTo: "180"),
            unit: "degrees",
            effect: "how far an image that is trained on is turned at random, either way"
        ),
        Setting(
            "augmentScale",
            \.input.augmentation.scale,
            .share,
            unit: "of its size",
            effect: "by how much an image that is trained on is larger or smaller at random"
        ),
        Setting(
            "augmentShear",
            \.input.augmentation.shear,
            .rate,
            unit: "pixels a row",
            effect: "how far the rows of an image that is trained on slant at random, either way"
        ),
    ]

    private static let regularization: [Setting] = [
        Setting(
            "momentum",
            \.optimizer.momentum,
            .share,
            unit: "a step",
            effect: "what SGD keeps of its velocity"
        ),
        Setting(
            "nesterov",
            \.optimizer.isNesterov,
            .yesOrNo,
            effect: "whether SGD with momentum looks a step ahead"
        ),
        Setting(
            "weightDecay",
            \.optimizer.weightDecay,
            .nonnegative(upTo: "1000"),
            effect: "what each parameter loses of itself in a step, times the learning rate; for "
                + "adamw and sgd"
        ),
        Setting(
            "labelSmoothing",
            \.optimizer.labelSmoothing,
            .share,
            effect: "share of the target that all classes divide among them, in training only"
        ),
        Setting(
            "emaDecay",
            \.optimizer.emaDecay,
            .share,
            unit: "a step",
            effect: "decay of the moving average of the parameters, which is evaluated and saved "
                + "too; 0 is none"
        ),
    ]

    /// The setting of that key.
    ///
    /// - Precondition: `key` is in the table.
    package static func of(_ key: String) -> Setting {
        guard let setting = named(key) else {
            preconditionFailure("the table of settings has no \(key)")
        }
        return setting
    }

    static func named(_ key: String) -> Setting? { byKey[key] }

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// What other programs call some settings, by the letters alone.
    private static let synonyms = ["lr": "learningRate", "bs": "batchSize", "batch": "batchSize"]

    /// The setting that another program, or an abbreviation, calls so.
    static func called(_ name: String) -> Setting? {
        let letters = name.lowercased().filter(\.isLetter)
        return synonyms[letters].flatMap(named)
    }

    /// The setting that was probably meant.
    static func meant(by name: String) -> Setting? {
        called(name) ?? NearestName.suggestion(for: name, among: all.map(\.key)).flatMap(named)
    }
}
