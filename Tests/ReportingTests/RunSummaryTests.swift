import Figures
import Foundation
import JSON
import TestTools
import Testing

@testable import Reporting

@Suite struct RunSummaryTests {
    private var summary: RunSummary {
        let validated = EpochRecord(
            epochIndex: 0,
            training: Metrics(loss: 0.5, accuracy: 0.75),
            validation: Metrics(loss: 0.25, accuracy: 0.875),
            seconds: 2.5,
            throughputSamplesPerSecond: 21_600
        )
        let plain = EpochRecord(
            epochIndex: 1,
            training: Metrics(loss: 1, accuracy: 0),
            seconds: 3,
            throughputSamplesPerSecond: 9
        )
        return RunSummary(
            origin: RunOrigin(
                version: "0.1.0",
                commit: "00ff",
                kernels: "avx2",
                host: "alpha",
                startTime: Date(timeIntervalSince1970: 1_764_000_000.25),
                settings: [
                    "epsilon": SettingValue("1e-07"), "seed": SettingValue("18446744073709551615"),
                    "workers": SettingValue("auto"), "keepGoing": SettingValue("false"),
                ]
            ),
            epochs: [validated, plain],
            test: Metrics(loss: 0.125, accuracy: 0.9875),
            digest: "00ff",
            workers: 2,
            batchSize: 32,
            seed: .max,
            steps: 3_376,
            totalSeconds: 6.5,
            distrust: RunSummary.Distrust(
                workers: ["0011aaff"],
                unverifiedSteps: [.init(worker: "0011aaff", first: 1, last: 40)],
                droppedMessages: ["header": 3]
            ),
            profile: RunProfile(
                steps: 3_375,
                messages: 20_250,
                bytes: 1_000_000,
                sealedMessages: 6_750,
                allocations: 0,
                processorSeconds: 0.75,
                coordinator: ["wait": 1.5],
                workers: [.init(answers: 3_375, allocations: 0, seconds: ["forward": 2.5])]
            )
        )
    }

    private static let written = """
        {
          "batchSize" : 32,
          "commit" : "00ff",
          "digest" : "00ff",
          "distrustedWorkers" : [
            "0011aaff"
          ],
          "droppedMessages" : {
            "header" : 3
          },
          "epochs" : [
            {
              "accuracy" : 0.75,
              "epoch" : 1,
              "loss" : 0.5,
              "samplesPerSecond" : 21600,
              "seconds" : 2.5,
              "val_accuracy" : 0.875,
              "val_loss" : 0.25,
              "validationAccuracy" : 0.875,
              "validationLoss" : 0.25
            },
            {
              "accuracy" : 0,
              "epoch" : 2,
              "loss" : 1,
              "samplesPerSecond" : 9,
              "seconds" : 3
            }
          ],
          "formatVersion" : 2,
          "host" : "alpha",
          "kernels" : "avx2",
          "profile" : {
            "allocations" : 0,
            "bytes" : 1000000,
            "coordinator" : {
              "wait" : 1.5
            },
            "messages" : 20250,
            "processorSeconds" : 0.75,
            "sealedMessages" : 6750,
            "steps" : 3375,
            "workers" : [
              {
                "allocations" : 0,
                "answers" : 3375,
                "seconds" : {
                  "forward" : 2.5
                }
              }
            ]
          },
          "seed" : 18446744073709551615,
          "settings" : {
            "epsilon" : 1e-07,
            "keepGoing" : false,
            "seed" : 18446744073709551615,
            "workers" : "auto"
          },
          "startTime" : "2025-11-24T16:00:00Z",
          "steps" : 3376,
          "test" : {
            "accuracy" : 0.9875,
            "loss" : 0.125
          },
          "totalSeconds" : 6.5,
          "unverifiedSteps" : [
            {
              "first" : 1,
              "last" : 40,
              "worker" : "0011aaff"
            }
          ],
          "version" : "0.1.0",
          "workers" : 2
        }

        """

    @Test func `writes every field of the design`() throws {
        try withTemporaryFolder { folder in
            try summary.write(toFolder: "\(folder)/run")
            let written = try text(of: "\(folder)/run/summary.json")
            #expect(written == Self.written)
        }
    }

    @Test func `writes numbers that are not finite as null`() throws {
        try withTemporaryFolder { folder in
            var diverged = summary
            diverged.model.test.loss = .nan
            diverged.epochs[0].training.loss = .infinity
            diverged.epochs[0].validation?.loss = -.infinity
            diverged.totalSeconds = .infinity
            try diverged.write(toFolder: folder)
            let written = try text(of: "\(folder)/summary.json")
            #expect(written.components(separatedBy: ": null").count == 6)
            let read = try StrictJSON(parsing: written)
            let epochs = try #require(read["epochs"]?.elements)
            #expect(read["test"]?["loss"] == .null && epochs[0]["val_loss"] == .null)
            #expect(epochs[1]["val_loss"] == nil)
        }
    }

    @Test func `tells of the best epoch and of the average`() throws {
        try withTemporaryFolder { folder in
            var found = summary
            found.epochs[1].validation = Metrics(loss: 0.25, accuracy: 0.5)
            found.epochs[1].averageValidation = Metrics(loss: 0.125, accuracy: 0.75)
            found.findings.best = RunSummary.Milestone(endOf: found.epochs[...1])
            found.findings.average = RunSummary.Model(
                test: Metrics(loss: 0.5, accuracy: 1),
                digest: "11ff"
            )
            try found.write(toFolder: folder)
            let read = try StrictJSON(parsing: try text(of: "\(folder)/summary.json"))
            let best = try #require(read["best"])
            #expect(best["epoch"]?.count == 2 && best["seconds"]?.double == 5.5)
            #expect(best["val_loss"]?.double == 0.125 && best["val_accuracy"]?.double == 0.75)
            #expect(read["emaDigest"]?.string == "11ff" && read["emaTest"]?["loss"]?.double == 0.5)
            let epoch = try #require(read["epochs"]?.elements?.last)
            #expect(epoch["ema_val_loss"]?.double == 0.125)
            #expect(epoch["val_loss"]?.double == 0.25)
        }
    }

    @Test func `replaces an earlier summary`() throws {
        try withTemporaryFolder { folder in
            try summary.write(toFolder: folder)
            var later = summary
            later.epochs = []
            try later.write(toFolder: folder)
            let written = try StrictJSON(parsing: try text(of: "\(folder)/summary.json"))
            #expect(written["epochs"]?.elements == [])
        }
    }
}
