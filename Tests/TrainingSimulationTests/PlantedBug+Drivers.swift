/// Bugs outside the machines: where their actions are carried out, and what is carried and stored.
extension PlantedBug {
    private static let driver = "TrainingDriver/Coordinator/CoordinatorDriver.swift"
    private static let numbers = "TrainingDriver/Coordinator/CoordinatorDriver+Numbers.swift"
    private static let messages = "TrainingDriver/Coordinator/CoordinatorDriver+Messages.swift"
    private static let start = "TrainingDriver/Coordinator/RunStart.swift"
    private static let worker = "TrainingDriver/Worker/WorkerDriver.swift"
    private static let identity = "TrainingDriver/Checkpoints/RunIdentity.swift"
    private static let coordinatorTransport =
        "Transport/Composite/PreferringCoordinatorTransport.swift"
    private static let workerTransport = "Transport/Composite/PreferringWorkerTransport.swift"
    private static let store = "Checkpoints/CheckpointStore.swift"
    private static let atomicWrite = "Checkpoints/AtomicWrite.swift"

    static let inDrivers = [
        PlantedBug(
            name: "what was made of an abandoned step stays",
            file: driver,
            original:
                "if round == .step(index: machine.position.completedStepCount) { numbers.abandonStep() }",
            planted: ""
        ),
        PlantedBug(
            name: "an epoch begins with the totals of the one before",
            file: numbers,
            original: "progress.tally = EpochTally(at: now)",
            planted: ""
        ),
        PlantedBug(
            name: "the figures of epochs that are void stay",
            file: numbers,
            original: "        progress = RunProgress(start, at: clock.now)\n",
            planted: ""
        ),
        PlantedBug(
            name: "a checkpoint lacks the epochs before it",
            file: numbers,
            original: "epochs: progress.epochs,",
            planted: "epochs: [],"
        ),
        PlantedBug(
            name: "a resumed epoch begins at nothing",
            file: start,
            original: "epochTotals = record.epochTotals",
            planted: ""
        ),
        PlantedBug(
            name: "a resumed run forgets what only one worker's word stands for",
            file: start,
            original: "settings.soleAnswers = record.soleAnswers",
            planted: ""
        ),
        PlantedBug(
            name: "a flood of wishes to join keeps everybody out for good",
            file: "Transport/Messages/JoinLimit.swift",
            original: "            room += 1\n",
            planted: ""
        ),
        PlantedBug(
            name: "a worker that asks to join is not heard",
            file: messages,
            original: "try handle(.received(hello.message, from: hello.worker))",
            planted: "if machine.outlook.workerCount > 1 { return note(.join) }"
                + "; try handle(.received(hello.message, from: hello.worker))"
        ),
        PlantedBug(
            name: "parameters that were written over are computed with",
            file: worker,
            original: "        guard parameters.isIntact else {\n            if let gradient",
            planted: "        guard parameters.isIntact || true else {\n            if let gradient"
        ),
        PlantedBug(
            name: "samples that are not needed any more are computed",
            file: worker,
            original: "if self.work == work { self.work = nil }",
            planted: ""
        ),
        PlantedBug(
            name: "a segment of parameters that were written over is sent ahead",
            file: worker,
            original: "guard transport.wantsEarlySegments, parameters.isIntact else { return }",
            planted: "guard transport.wantsEarlySegments else { return }"
        ),
    ]

    static let inTransports = [
        PlantedBug(
            name: "the coordinator hears nothing over links",
            file: coordinatorTransport,
            original: "if let received = try preferred?.receive() { return received }",
            planted: ""
        ),
        PlantedBug(
            name: "a worker hears nothing over its link",
            file: workerTransport,
            original: "if let received = try preferred.receive() { return received }",
            planted: ""
        ),
        PlantedBug(
            name: "what does not suit the link is not sent",
            file: coordinatorTransport,
            original: """
                guard delivery == .unsuited else { return delivery }
                        return try fallback.send(message, payload, to: worker)
                """,
            planted: "return delivery"
        ),
        PlantedBug(
            name: "what does not suit a worker's link is not sent",
            file: workerTransport,
            original: """
                guard delivery == .unsuited else { return delivery }
                        return try fallback.send(message, sums, gradient)
                """,
            planted: "return delivery"
        ),
    ]

    static let inStore = [
        PlantedBug(
            name: "a run whose epochs are enough trains on once it goes on",
            file: "TrainingDriver/Coordinator/RunStart.swift",
            original: "if record.isBetweenEpochs(of: schedule), stopping.isEnough(record.epochs) {",
            planted: "if record.position.recordedEpochCount < 0 {"
        ),
        PlantedBug(
            name: "a name stands for contents that are not on the disk",
            file: atomicWrite,
            original: "            try fileSystem.synchronize(file, path: path)\n",
            planted: ""
        ),
        PlantedBug(
            name: "what a run went back from stays on the disk",
            file: store,
            original: "for name in later { try fileSystem.remove(name.text, in: open) }",
            planted: ""
        ),
        PlantedBug(
            name: "a bad file is taken for a good one",
            file: "Checkpoints/Checkpoint.swift",
            original: "try Checksums.check(file, path: path)",
            planted: ""
        ),
        PlantedBug(
            name: "a checkpoint lacks what only one worker's word stands for",
            file: identity,
            original: #"record.soleAnswers.map(\.text)"#,
            planted: #"record.soleAnswers.prefix(0).map(\.text)"#
        ),
        PlantedBug(
            name: "a checkpoint lacks an epoch's validation",
            file: "TrainingDriver/Checkpoints/EpochRecord+Checkpoint.swift",
            original: #"",\"validation\":" + $0.checkpointText"#,
            planted: #""" + String($0.checkpointText.prefix(0))"#
        ),
    ]
}
