import Glibc
import Hosting
import NetworkTransport
import TrainingDriver
import TrainingProtocol
import Transport
import ZeroMQ

/// Waits for a transport's sources, and has the driver deal with what they bring.
extension WorkerDriver where Carrier: PolledTransport {
    /// Serves until the machine says that it has ended.
    ///
    /// - Parameters:
    ///   - stop: asks the worker to leave.
    ///   - endsWithStandardInput: whether the end of standard input means that the parent process
    ///     is gone.
    ///   - supervision: who watches the process.
    /// - Throws: when libzmq fails in a way that no worker survives.
    func serve(
        until stop: StopRequest,
        endsWithStandardInput: Bool,
        _ supervision: Supervision
    ) throws -> Worker.Outcome {
        var watchdog = Watchdog(supervision)
        var poller = Poller()
        transport.add(to: &poller)
        let stopIndex = poller.add(stop.wakeUp)
        let inputIndex =
            endsWithStandardInput ? poller.add(fileDescriptor: STDIN_FILENO) : nil
        while true {
            if let outcome { return outcome }
            watchdog.beat(at: clock.now)
            transport.update(&poller)
            let timeout = watchdog.timeout(until: deadline, at: clock.now)
            prepareToWait()
            _ = try poller.poll(timeout: isBusy ? .zero : timeout)
            let isOrphaned = inputIndex.map {
                poller.readiness(at: $0) != [] && StandardInput.hasEnded()
            }
            let isStopped = poller.readiness(at: stopIndex) != [] && stop.wakeUp.drain()
            try turn(isToLeave: isStopped || isOrphaned == true)
        }
    }
}
