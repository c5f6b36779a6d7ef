import Dispatch

/// Runs tasks at once, on threads of its own.
///
/// Swift's pool has a thread for each processor, and tests that block hold them for minutes: what
/// several tasks do together, each waiting for the others with a deadline, must not queue there.
package final class PromptExecutor: TaskExecutor {
    package static let shared = PromptExecutor()

    private let queue = DispatchQueue(label: "prompt", attributes: .concurrent)

    package func enqueue(_ task: consuming ExecutorJob) {
        let part = UnownedJob(task)
        queue.async { part.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
