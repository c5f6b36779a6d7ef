import Foundation
import Model
import Testing

@testable import Configuration

@Suite struct RunConfigurationTests {
    /// The package's own folder, found from this file's place in it.
    private func text(ofConfig name: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try ConfigurationFile(path: root.path + "/Configs/\(name)").text
    }

    @Test func `holds the defaults of the design`() {
        let configuration = RunConfiguration()
        #expect(configuration.dataset == nil && configuration.workers == nil)
        #expect(configuration.input.geometry == .pad && configuration.input.scale == .unit)
        #expect(configuration.data.validationSplit == 0.1)
        #expect(configuration.batchSize == 32 && configuration.epochs == 5)
        #expect(
            configuration.optimizer.learningRate == 0.001 && configuration.optimizer.epsilon == 1e-7
        )
        #expect(configuration.optimizer.beta1 == 0.9 && configuration.optimizer.beta2 == 0.999)
        #expect(configuration.seed == 1 && configuration.logEvery == 100)
        #expect(
            configuration.checkpoints.stepInterval == 500
                && configuration.checkpoints.keptCount == 3
        )
        #expect(configuration.stopping == RunConfiguration.StopSettings())
    }

    @Test func `mnist.yaml is the defaults and names every key`() throws {
        let file = ConfigurationFile(text: try text(ofConfig: "mnist.yaml"), name: "mnist.yaml")
        #expect(try file.entries().map(\.key) == Setting.all.map(\.key))
        let resolved = try RunConfiguration.resolve(
            commandLine: [:],
            environment: [:],
            yaml: (file.text, file.name)
        )
        #expect(resolved == RunConfiguration())
    }

    @Test(arguments: [("fast.yaml", 4), ("best.yaml", 100)])
    func `a recipe is one that a run can have`(name: String, epochs: Int) throws {
        let resolved = try RunConfiguration.resolve(
            commandLine: [:],
            environment: [:],
            yaml: (try text(ofConfig: name), name)
        )
        #expect(resolved.epochs == epochs && resolved.data.validationSplit == 0.1)
    }

    @Test func `reference.yaml trains on raw pixels`() throws {
        var expected = RunConfiguration()
        expected.input.scale = .none
        let resolved = try RunConfiguration.resolve(
            commandLine: [:],
            environment: [:],
            yaml: (try text(ofConfig: "reference.yaml"), "reference.yaml")
        )
        #expect(resolved == expected)
    }
}
