import Logging
import Services

/// Says how a run goes where nothing else has been said for a while.
struct RunStatusService: Service {
    let status: SharedRunStatus
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled, let (line, next) = status.look() {
                if let line { logger.notice("\(line)") }
                try? await Task.sleep(for: next)
            }
            // A service that ends would end the others.
            try? await gracefulShutdown()
        }
    }
}
