import TrainingDriver
import TrainingProtocol

/// What must hold whatever goes wrong.
struct Oracle<Model: SimulatedModel> {
    private let world: World
    private let model: Model
    /// Workers that have run on a processor that computes wrong bits.
    var faultyWorkers: Set<WorkerID> = []

    init(_ world: World, _ model: Model) {
        self.world = world
        self.model = model
    }

    /// Nobody honest is distrusted, and what a run goes back to has nothing of what it goes back
    /// for.
    func checkDoubts(of coordinator: SimulatedCoordinator<Model>) {
        let observer = coordinator.observer
        if let honest = observer.distrusted.first(where: { !faultyWorkers.contains($0) }) {
            world.fail("\(honest) is honest, and distrusted")
        }
        guard observer.positionGoneBackTo != nil else { return }
        observer.positionGoneBackTo = nil
        guard let wrong = Model.lastWrong(in: coordinator.numbers) else { return }
        let isStillIn = Model.taints(in: coordinator.numbers).contains { taint in
            taint.work == wrong.work && taint.worker.map(wrong.workers.contains) == true
        }
        if isStillIn { world.fail("the run goes on from a checkpoint with a wrong answer in it") }
    }

    /// A wrong answer that nobody was asked to compare leaves a wrong model, and nothing else may.
    /// Once its worker was found wrong elsewhere, the step is known to be in doubt.
    func check(_ coordinator: SimulatedCoordinator<Model>) {
        let numbers = coordinator.numbers
        let taints = Model.taints(in: numbers)
        if taints.isEmpty {
            let progress = coordinator.progress
            let digest = model.digest(of: numbers, progress.epochs, progress.test)
            if digest != model.expectedDigest() {
                world.fail("the digest is not that of the direct computation")
            }
        } else if world.options.run.verification == Verification(perMillion: 1_000_000) {
            world.fail("a wrong answer counts though every answer is compared")
        }
        let (distrusted, unverified) = coordinator.doubts
        for taint in taints {
            guard case .step(let index) = taint.work.round, let worker = taint.worker,
                distrusted.contains(worker),
                !unverified.contains(where: { $0.worker == worker && $0.steps.contains(index) })
            else { continue }
            world.fail("step \(index) is not known to be in doubt")
        }
    }
}
