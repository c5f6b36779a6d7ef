import Foundation
import SeededRandom
import Testing

/// A run over TCP whose processes a seed kills, stops, continues and restarts.
///
/// Faults come as the run gets on, not by the clock, so that a slow machine sees as many.
final class Chaos {
    /// What befalls the run.
    private enum Fault: CaseIterable {
        case killWorker, killTwoWorkers, killAllWorkers, stopWorker, askWorkerToLeave
        case killCoordinator, stopCoordinator, killAll
    }

    /// A process that stands still, until then.
    private struct Frozen {
        let program: Program
        let end: ContinuousClock.Instant
    }

    private let seed: UInt64
    private let folder: URL
    private let arguments: [String]
    private let stepCount: Int
    private let address: String
    private var random: RandomStream
    private var coordinator: Program
    private var workers: [Program]
    private var frozen: [Frozen] = []
    /// Processes that were asked to end, or made to.
    private var condemned: Set<Int32> = []
    private(set) var faultCount = 0

    /// Starts a coordinator and three workers.
    ///
    /// - Parameters:
    ///   - arguments: the run's settings.
    ///   - stepCount: how many steps it has.
    init(seed: UInt64, arguments: [String], stepCount: Int, in folder: URL) throws {
        self.seed = seed
        self.folder = folder
        self.arguments = arguments
        self.stepCount = stepCount
        random = RandomStream(seed: seed, stream: 1)
        address = "tcp://127.0.0.1:\(try freePort())"
        coordinator = try Self.coordinator(address, arguments, in: folder)
        let workerAddress = address
        workers = try (0..<3).map { _ in try Self.worker(workerAddress, in: folder) }
    }

    private static func coordinator(
        _ address: String,
        _ arguments: [String],
        in folder: URL
    ) throws -> Program {
        let always = ["coordinator", "--bind", address, "--run-dir", "chaos", "--log-every", "1"]
        return try Program(always + arguments, in: folder)
    }

    private static func worker(_ address: String, in folder: URL) throws -> Program {
        let arguments = ["worker", "--connect", address, "--reconnect-for", "60"]
        return try Program(arguments, in: folder)
    }

    /// Makes `faultCountMin` faults, spread over the first half of the run, then lets it end.
    ///
    /// - Returns: how the last coordinator ended.
    func run(faultCountMin: Int) throws -> Program.Result {
        while faultCount < faultCountMin {
            let goal = stepCount * (faultCount + 1) / (2 * faultCountMin)
            let isReached = eventually(within: .seconds(60)) {
                self.heal()
                return self.completedStepCount >= goal || !self.coordinator.isRunning
            }
            if !isReached { Issue.record("seed \(seed): no progress to step \(goal)") }
            guard coordinator.isRunning else { break }
            try makeFault()
        }
        let isOver = eventually(within: .seconds(100)) {
            self.heal()
            return !self.coordinator.isRunning
        }
        if !isOver { Issue.record("seed \(seed): no end after \(completedStepCount) steps") }
        let result = coordinator.wait()
        endWorkers()
        return result
    }

    private func makeFault() throws {
        let victim = Int(random.uniform(below: 3))
        let fault = Fault.allCases[Int(random.uniform(below: UInt64(Fault.allCases.count)))]
        faultCount += 1
        switch fault {
        case .killWorker: try replaceWorkers([victim], by: SIGKILL)
        case .killTwoWorkers: try replaceWorkers([victim, (victim + 1) % 3], by: SIGKILL)
        case .killAllWorkers: try replaceWorkers([0, 1, 2], by: SIGKILL)
        case .askWorkerToLeave: try replaceWorkers([victim], by: SIGTERM)
        case .stopWorker: freeze(workers[victim])
        case .stopCoordinator: freeze(coordinator)
        case .killCoordinator: try restartCoordinator()
        case .killAll:
            try replaceWorkers([0, 1, 2], by: SIGKILL)
            try restartCoordinator()
        }
    }

    private func replaceWorkers(_ indices: [Int], by signal: Int32) throws {
        for index in indices { condemn(workers[index], signal) }
        pause()
        for index in indices { workers[index] = try Self.worker(address, in: folder) }
    }

    private func restartCoordinator() throws {
        condemn(coordinator, SIGKILL)
        _ = coordinator.wait()
        pause()
        coordinator = try Self.coordinator(address, arguments + ["--resume"], in: folder)
    }

    private func condemn(_ program: Program, _ signal: Int32) {
        condemned.insert(program.identifier)
        program.signal(signal)
        program.signal(SIGCONT)
        frozen.removeAll { $0.program === program }
    }

    private func freeze(_ program: Program) {
        program.signal(SIGSTOP)
        let milliseconds = 20 + Int(random.uniform(below: 800))
        frozen.append(Frozen(program: program, end: .now + .milliseconds(milliseconds)))
    }

    /// Lets go on what has stood still for long enough, and looks whether anything ended by itself.
    private func heal() {
        let now = ContinuousClock.now
        for thawed in frozen where thawed.end <= now { thawed.program.signal(SIGCONT) }
        frozen.removeAll { $0.end <= now }
        for worker in workers where !worker.isRunning {
            guard condemned.insert(worker.identifier).inserted, coordinator.isRunning else {
                continue
            }
            let result = worker.wait()
            guard result.status != 0 else { continue }
            Issue.record("seed \(seed): a worker ended with \(result.status): \(result.errors)")
        }
    }

    private func pause() { usleep(UInt32(random.uniform(below: 200_000))) }

    private func endWorkers() {
        for worker in workers {
            worker.signal(SIGCONT)
            worker.signal(SIGKILL)
            _ = worker.wait()
        }
    }

    /// Steps that the run's figures tell of.
    private var completedStepCount: Int {
        let path = folder.appending(path: "chaos/metrics.jsonl").path
        guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd(),
            (try? file.seek(toOffset: size - min(size, 400))) != nil,
            let data = try? file.readToEnd()
        else { return 0 }
        let lines = String(decoding: data, as: UTF8.self).components(separatedBy: "\n")
        guard let last = lines.last(where: { $0.hasPrefix("{") && $0.hasSuffix("}") }),
            let object = try? JSONSerialization.jsonObject(with: Data(last.utf8)),
            let line = object as? [String: Any]
        else { return 0 }
        return line["step"] as? Int ?? 0
    }
}
