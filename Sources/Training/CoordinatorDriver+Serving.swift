import Hosting
import NetworkTransport
import TrainingDriver
import Transport
import ZeroMQ

/// Waits for a transport's sources, and has the driver deal with what they bring.
extension CoordinatorDriver where Carrier: PolledTransport {
    /// Serves until the machine says that the run has ended.
    ///
    /// - Throws: when libzmq fails in a way that no run survives; when a wrong answer was found too
    ///   late and no checkpoint from before it is left.
    func serve(until stop: StopRequest, _ supervision: Supervision) throws {
        var watchdog = Watchdog(supervision)
        var poller = Poller()
        transport.add(to: &poller)
        let stopIndex = poller.add(stop.wakeUp)
        while !hasEnded {
            watchdog.beat(at: clock.now)
            clock.lap(.receive)
            transport.update(&poller)
            _ = try poller.poll(timeout: watchdog.timeout(until: deadline, at: clock.now))
            clock.lap(.wait)
            try turn(isStopped: poller.readiness(at: stopIndex) != [] && stop.wakeUp.drain())
        }
    }
}
