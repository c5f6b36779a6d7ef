import Testing

@testable import Configuration

@Suite struct ContradictionsTests {
    private func failure(_ settings: [String: String]) -> String? {
        do {
            _ = try RunConfiguration.resolve(commandLine: settings, environment: [:], yaml: nil)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (
            ["momentum": "0.9"],
            "momentum 0.9 with optimizer adam where momentum 0.0 was expected; leave it out, or choose --optimizer sgd"
        ),
        (
            ["optimizer": "adamw", "nesterov": "true", "weightDecay": "0.1"],
            "nesterov true with optimizer adamw"
        ),
        (["optimizer": "sgd", "nesterov": "true"], "nesterov true with momentum 0"),
        (["optimizer": "sgd", "beta1": "0.8"], "beta1 0.8 with optimizer sgd"),
        (["optimizer": "sgd", "epsilon": "1e-8"], "epsilon 1e-08 with optimizer sgd"),
        (["weightDecay": "0.01"], "choose --optimizer adamw"),
        (["optimizer": "adamw"], "give --weight-decay, such as 0.01"),
        (
            ["optimizer": "sgd", "weightDecay": "2", "learningRate": "0.5"],
            "a product below 1 was expected"
        ),
        (["learningRateFloor": "1e-5"], "with learningRateSchedule constant"),
        (["decayEvery": "2"], "choose --learning-rate-schedule stepwise"),
        (["learningRateSchedule": "cosine", "decayFactor": "0.5"], "decayFactor 0.5 with"),
        (
            ["learningRateSchedule": "linear", "learningRateFloor": "0.01"],
            "reading the settings: learningRateFloor 0.01 with learningRate 0.001 where a floor that is no higher than the start was expected; lower --learning-rate-floor, or raise --learning-rate"
        ),
        (
            ["untilAccuracy": "0.99", "validationSplit": "0"],
            "untilAccuracy 0.99 with validationSplit 0 where untilAccuracy none was expected"
        ),
        (["earlyStopping": "3", "validationSplit": "0"], "hold some images out"),
    ])
    func `refuses settings that cannot be together`(
        settings: [String: String],
        fragment: String
    ) throws {
        let sentence = try #require(failure(settings))
        #expect(sentence.contains(fragment), "\(sentence)")
        #expect(sentence.count <= 300)
    }

    @Test func `takes recipes that go together`() {
        let recipes: [[String: String]] = [
            [:], ["optimizer": "sgd"], ["optimizer": "sgd", "momentum": "0.9", "nesterov": "true"],
            ["optimizer": "adamw", "weightDecay": "0.01"],
            ["optimizer": "sgd", "weightDecay": "0.01"],
            ["learningRateSchedule": "cosine", "learningRateFloor": "0.001"],
            ["learningRateSchedule": "stepwise", "decayEvery": "3", "decayFactor": "0.5"],
        ]
        for recipe in recipes { #expect(failure(recipe) == nil, "\(recipe)") }
    }

    @Test func `scales the learning rate with the batch, and says so`() {
        var configuration = RunConfiguration()
        #expect(configuration.learningRateScale == 1 && configuration.learningRateNote == nil)
        configuration.optimizer.schedule.batchSize = 32
        #expect(configuration.learningRateScale == 1)
        #expect(configuration.learningRateNote?.hasSuffix("of 32 samples, and stays") == true)
        configuration.batchSize = 2_048
        #expect(configuration.learningRateScale == 64)
        #expect(
            configuration.learningRateNote
                == "the learning rate 0.001 is meant for batches of 32 samples: 0.064 for 2048 "
                + "(linear scaling rule)"
        )
    }
}
