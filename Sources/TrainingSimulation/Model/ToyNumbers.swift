package import Checkpoints
package import Figures
package import TrainingDriver
package import TrainingProtocol
package import Transport

/// The numbers of a toy's run at its coordinator, which watch that nothing is done with them that
/// no run may do.
package final class ToyNumbers: StoredNumbers {
    package typealias Payloads = ToyPayloads

    private let run: ToyRun
    private(set) var model: ToyModel
    private let feed: ToySamples
    private var sums: [Round: TreeSum] = [:]
    private var early = ToyEarlySegments()
    /// Wrong answers that are part of a round.
    private var open: [Round: [Taint]] = [:]
    private var kept: [Work: KeptAnswer] = [:]
    /// Wrong answers that have gone into the model or its figures.
    private(set) var taints: [Taint] = []
    private(set) var lastWrong: (work: Work, workers: [WorkerID])?
    private(set) var violation: String?

    /// An answer that another may contradict, and what it was computed with.
    private struct KeptAnswer {
        let sum: ToySum
        let parameters: ToyModel.Vector
    }

    init(_ model: ToyModel, _ samples: ToySamples, of run: ToyRun) {
        self.model = model
        feed = samples
        self.run = run
    }

    private var schedule: Schedule { feed.schedule }

    private func note(_ text: @autoclosure () -> String) { violation = violation ?? text() }

    /// What a checkpoint is about to hold.
    package var state: ToyModel {
        run.taints[ToyDigest().value(with: model)] = taints
        return model
    }

    package let slotNames = ["firstMoment", "secondMoment"]

    package func restart(from checkpoint: Checkpoint) throws(RunIdentity.Unreadable) {
        let slots = slotNames.compactMap { checkpoint.slots[$0] }
        guard slots.count == slotNames.count else { throw RunIdentity.Unreadable() }
        model.parameters = ToyModel.Vector(checkpoint.parameters)
        model.firstMoment = ToyModel.Vector(slots[0])
        model.secondMoment = ToyModel.Vector(slots[1])
        let before = taints
        taints = run.taints[ToyDigest().value(with: model)] ?? []
        if taints.contains(where: { run.voided.contains($0.number) }) {
            note("the run goes on from what it had gone back from")
        }
        run.voided.formUnion(
            before.filter { !taints.contains($0) && $0.worker != nil }.map(\.number)
        )
        (sums, open, kept, early) = ([:], [:], [:], ToyEarlySegments())
    }

    package var samples: any ToySampleSource { feed }

    package var classCount: Int { 10 }

    package var offer: ToyOffer { ToyOffer() }

    package var parameters: ToyGradient { ToyGradient(vector: model.parameters) }

    package var areParametersFinite: Bool { true }

    package func shareParameters(in memory: Never, version: Int) {}

    package func isEarlySegmentFinite(_ gradient: ToyGradient) -> Bool { true }

    package func isBelievable(_ work: Work, _ sums: LossSums, _ gradient: ToyGradient?) -> Bool {
        true
    }

    package func accept(
        _ work: Work,
        _ sums: LossSums,
        _ gradient: ToyGradient?,
        isKept: Bool
    ) {
        let sum = ToySum(gradient: gradient?.vector ?? .zero, sums: sums)
        if let wrong = gradient?.wrong {
            open[work.round, default: []].append(Taint(work, wrong))
        } else if gradient == nil, right(work, model.parameters).sums != sums {
            open[work.round, default: []].append(Taint(work: work, worker: nil))
        }
        if isKept { kept[work] = KeptAnswer(sum: sum, parameters: model.parameters) }
        let shardCount = schedule.shardCount(of: work.round)
        early.drop(work, shardCount: shardCount)
        if !self.sums[work.round, default: TreeSum(shardCount: shardCount)]
            .add(sum, at: work.subtree)
        {
            note("\(work) is accepted twice")
        }
    }

    private func right(_ work: Work, _ parameters: ToyModel.Vector) -> ToySum {
        var right = ToyModel.total(of: feed.samples(of: work), parameters)
        if !work.round.isTraining { right.gradient = .zero }
        return right
    }

    package func acceptEarlySegment(of work: Work, _ gradient: ToyGradient) {
        early.add(gradient, of: work)
    }

    package func applyEarlySegment(index: Int) {
        let round = Round.step(index: index)
        let sum = sums[round] ?? TreeSum(shardCount: schedule.shardCount(of: round))
        if let problem = early.complete(sum, of: round, &open[round, default: []]) { note(problem) }
    }

    package func applyStep(index: Int) -> LossSums {
        let round = Round.step(index: index)
        let earlyTotal = early.takeTotal(of: round)
        guard var total = takeTotal(of: round) else {
            note("step \(index) is applied before its sum is complete")
            return LossSums()
        }
        if let earlyTotal { total.gradient.highHalf = earlyTotal.highHalf }
        model.apply(total.gradient, sampleCount: schedule.samples(of: round).count)
        return total.sums
    }

    package func takeSums(of round: Round) -> LossSums? { takeTotal(of: round)?.sums }

    private func takeTotal(of round: Round) -> ToySum? {
        let total = sums.removeValue(forKey: round)?.total
        let counted = open.removeValue(forKey: round) ?? []
        taints += counted
        if total == nil, schedule.shardCount(of: round) > 0 {
            note("\(round) is closed before its sum is complete")
        }
        return total
    }

    package func discard(_ round: Round) {
        (sums[round], open[round]) = (nil, nil)
        early.removeSegments(of: round)
    }

    package func abandonStep() { early.abandonTotal() }

    package func wrongWorkers(
        _ work: Work,
        first: WorkerID,
        second: WorkerArrival<ToyPayloads>?
    ) -> [WorkerID] {
        guard let kept = kept[work] else {
            note("\(work) is compared with an answer that was not kept")
            return []
        }
        let right = right(work, kept.parameters)
        var wrong = kept.sum == right ? [] : [first]
        if let second {
            let sum = ToySum(gradient: second.gradient?.vector ?? .zero, sums: second.sums)
            if sum != right { wrong.append(second.worker) }
        }
        if !wrong.isEmpty { lastWrong = (work, wrong) }
        return wrong
    }

    package func forget(_ work: Work) { kept[work] = nil }

}

/// Segments that come ahead of their answers: half of the toy's numbers.
private struct ToyEarlySegments {
    private var segments: [Round: [Subtree: ToyGradient]] = [:]
    /// The sum of a step whose segment was made before its end.
    private var total: (round: Round, vector: ToyModel.Vector)?

    mutating func add(_ gradient: ToyGradient, of work: Work) {
        segments[work.round, default: [:]][work.subtree] = gradient
    }

    /// Drops the segments that an answer brings again.
    mutating func drop(_ work: Work, shardCount: Int) {
        guard total?.round != work.round, segments[work.round] != nil else { return }
        let shards = work.subtree.shards(of: shardCount)
        segments[work.round] = segments[work.round]?.filter {
            !$0.key.shards(of: shardCount).overlaps(shards)
        }
    }

    /// Completes the sum of a round with the segments that came ahead.
    ///
    /// - Returns: what is wrong with that.
    mutating func complete(
        _ sum: TreeSum,
        of round: Round,
        _ taints: inout [Taint]
    ) -> String? {
        var sum = sum
        for (subtree, segment) in segments[round] ?? [:] {
            if let wrong = segment.wrong {
                let work = Work(round: round, subtree: subtree, version: round.stepIndex)
                taints.append(Taint(work, wrong))
            }
            let early = ToySum(gradient: segment.vector)
            if !sum.add(early, at: subtree) { return "a segment of \(round) is counted twice" }
        }
        guard let total = sum.total, self.total == nil else {
            return "a segment of \(round) is applied before its sum is complete, or once more"
        }
        self.total = (round, total.gradient)
        return nil
    }

    /// Takes the sum of a step whose segment was made.
    mutating func takeTotal(of round: Round) -> ToyModel.Vector? {
        segments[round] = nil
        guard total?.round == round else { return nil }
        defer { total = nil }
        return total?.vector
    }

    mutating func removeSegments(of round: Round) { segments[round] = nil }

    mutating func abandonTotal() { total = nil }
}

extension Taint {
    fileprivate init(_ work: Work, _ wrong: WrongBits) {
        self.init(work: work, worker: wrong.worker, number: wrong.number)
    }
}

extension Round {
    fileprivate var stepIndex: Int { if case .step(let index) = self { index } else { 0 } }
}

extension ToyModel: StoredState {
    package func withBuffers(
        _ body: (UnsafeRawBufferPointer, [UnsafeRawBufferPointer]) -> Void
    ) {
        withUnsafeBytes(of: parameters) { parameters in
            withUnsafeBytes(of: firstMoment) { firstMoment in
                withUnsafeBytes(of: secondMoment) { body(parameters, [firstMoment, $0]) }
            }
        }
    }
}
