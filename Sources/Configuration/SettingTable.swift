import Model

extension Setting {
    /// Every setting of a run, in the order of the configuration files.
    package static let all: [Setting] = [
        Setting(
            "dataset",
            \.dataset,
            ValueKind<String>.path.orWord("bundled"),
            decidesResult: false,
            effect: "folder of the four IDX files; bundled is MNIST as it ships"
        ),
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
            \.validationSplit,
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
            "learningRate",
            \.optimizer.learningRate,
            .positive(upTo: "1000"),
            effect: "Adam's step size"
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
            \.keepGoing,
            .yesOrNo,
            decidesResult: false,
            effect: "whether training goes on once its loss is not finite, and does not stop"
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

    static func named(_ key: String) -> Setting? { all.first { $0.key == key } }
}
