package import Logging
import Services

/// Keeps a process running: starts it again, later and later, while it ends before it should.
package struct RestartLoop: Sendable {
    /// How a process ended, as the loop sees it.
    package enum End: Equatable, Sendable {
        /// As it should.
        case finished
        /// Before it should; another start may go better.
        case tooSoon(String)
        /// In a way that no other start mends.
        case forGood(String)
    }

    private let name: String
    private let restarts: Restarts
    private let logger: Logger

    /// Describes what is kept running.
    ///
    /// - Parameters:
    ///   - name: what log lines call it.
    ///   - restarts: how often it may end at once, and how long to wait then.
    ///   - logger: where its ends are told.
    package init(_ name: String, restarts: Restarts, logger: Logger) {
        self.name = name
        self.restarts = restarts
        self.logger = logger
    }

    /// Runs it again and again until it ends as it should, or all are to end.
    ///
    /// - Parameter runOnce: starts the process and waits for its end.
    /// - Returns: nil then, or how it last ended when it was given up.
    package func run(_ runOnce: () async throws -> End) async throws -> String? {
        var restarts = restarts
        while !Self.isOver {
            let start = ContinuousClock.now
            let end = try await runOnce()
            if Self.isOver { return nil }
            switch end {
            case .finished:
                return nil
            case .forGood(let how):
                logger.error("\(name) ended with \(how); giving it up")
                return how
            case .tooSoon(let how):
                guard let pause = restarts.pause(afterLiving: ContinuousClock.now - start) else {
                    logger.error(
                        "\(name) ended with \(how), \(restarts.quickEndCountMax) times at once; giving it up"
                    )
                    return how
                }
                let seconds = pause.components.seconds
                let delay = seconds > 0 ? " in \(seconds) s" : ""
                logger.warning("\(name) ended with \(how); starting another\(delay)")
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            }
        }
        return nil
    }

    private static var isOver: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    /// Keeps several running until none is.
    ///
    /// - Parameter keep: keeps one of them, as ``run(_:)`` does.
    /// - Returns: how each ended that was given up, in that order; nil where one ended as it
    ///   should.
    package static func all<Element: Sendable>(
        _ elements: [Element],
        keep: @escaping @Sendable (Element) async throws -> String?
    ) async throws -> [String]? {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for element in elements { group.addTask { try await keep(element) } }
            var givenUp: [String] = []
            for try await end in group {
                if let end { givenUp.append(end) }
            }
            return givenUp.count == elements.count ? givenUp : nil
        }
    }
}
