package import Transport
package import ZeroMQ

/// A transport that a poller wakes for.
package protocol PolledTransport: AnyObject {
    /// Adds what can be read to the sources of a poller.
    func add(to poller: inout Poller)

    /// Has the poller know of sources that have come or gone.
    func update(_ poller: inout Poller)
}

/// A transport whose sources stay the same.
extension PolledTransport {
    /// Has nothing to tell.
    package func update(_ poller: inout Poller) {}
}

extension PreferringCoordinatorTransport: PolledTransport
where Preferred: PolledTransport, Fallback: PolledTransport {
    package func add(to poller: inout Poller) {
        preferred?.add(to: &poller)
        fallback.add(to: &poller)
    }

    package func update(_ poller: inout Poller) {
        preferred?.update(&poller)
        fallback.update(&poller)
    }
}

extension PreferringWorkerTransport: PolledTransport
where Preferred: PolledTransport, Fallback: PolledTransport {
    package func add(to poller: inout Poller) {
        preferred.add(to: &poller)
        fallback.add(to: &poller)
    }

    package func update(_ poller: inout Poller) {
        preferred.update(&poller)
        fallback.update(&poller)
    }
}
