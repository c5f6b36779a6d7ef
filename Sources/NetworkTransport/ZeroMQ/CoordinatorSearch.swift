package import ZeroMQ

/// A worker's search for its coordinator: what it meets with, what to say of that, and when to
/// connect anew.
///
/// Nothing of it ends the worker. Whoever answers before a handshake is complete has proved
/// nothing, and a coordinator that is full, closing or behind a proxy breaks off handshakes as one
/// does that another key belongs to.
package struct CoordinatorSearch {
    /// Why the coordinator is not found.
    package enum Obstacle: Equatable {
        /// The host's name leads nowhere.
        case nameUnknown
        /// There is no way to it; for an `ipc` address, nobody serves the file.
        case unreachable
        /// The host, or who guards it, refuses the connection.
        case refused
        /// The host does not answer at all.
        case noAnswer
        /// A connection was made, and nothing came over it.
        case silent
        /// Connections are made, and end before their handshake does.
        case brokenOff
        /// The other side encrypts where this one does not, or the other way round.
        case encryptionDiffers
        /// The other side speaks no protocol of ours.
        case foreign
        /// The connection is ready, and nobody welcomes this worker over it.
        case unwelcome
    }

    /// How far the attempt has come that goes on.
    private enum Attempt: Equatable {
        case none
        case connecting(since: Duration)
        case connected(since: Duration)
        case ready
        /// libzmq will say what it does next, if anything.
        case failed
    }

    /// A search that goes on is told of so often.
    static let linePause = Duration.seconds(10)

    /// What ends sooner was refused, or broken off; what takes longer had no answer.
    private static let promptMax = Duration.seconds(1)

    /// Pauses between connections whose handshakes fail: twice as long each time.
    private static let firstPause = Duration.milliseconds(50)
    private static let pauseMax = Duration.seconds(2)

    private let endpoint: String
    private let isEncrypted: Bool
    private var attempt = Attempt.none
    /// What the last attempt met with; nil for nothing yet.
    var obstacle: Obstacle?
    private var failureCount = 0
    private var isMistakeTold = false

    /// When to connect anew; nil as long as libzmq does so by itself.
    package private(set) var nextAttempt: Duration?

    /// Since when the coordinator is looked for; nil while it is found.
    private var start: Duration?
    private var nextLine: Duration

    /// Whether the next attempt may use IPv6. Of a name's addresses libzmq tries the first one
    /// only, of IPv6 where there are such: a coordinator that is bound to one of IPv4 is found by
    /// turns.
    private(set) var isIPv6Allowed: Bool
    private let isNamed: Bool
    private var unknownNameCount = 0

    /// Begins to look.
    package init(for endpoint: String, isEncrypted: Bool, at now: Duration) {
        self.endpoint = endpoint
        self.isEncrypted = isEncrypted
        isIPv6Allowed = !namesIPv4(endpoint)
        isNamed = endpoint.hasPrefix("tcp://") && isIPv6Allowed && !endpoint.contains("[")
        start = now
        nextLine = now + Self.linePause
    }

    /// Looks on, or again.
    mutating func goOn(at now: Duration) {
        guard start == nil else { return }
        start = now
        nextLine = now + Self.linePause
    }

    /// Ends the search: the coordinator has welcomed the worker.
    mutating func succeed() { start = nil }

    /// Notes that ``nextAttempt`` is made now.
    mutating func connectAnew() {
        nextAttempt = nil
        attempt = .none
        if isNamed { isIPv6Allowed.toggle() }
    }

    /// Makes ``nextAttempt`` if it is due.
    ///
    /// - Throws: when libzmq refuses that.
    package mutating func connectAnew(
        _ socket: borrowing Socket,
        at now: Duration
    ) throws(ZeroMQError) {
        guard let next = nextAttempt, next <= now else { return }
        connectAnew()
        try socket.allowIPv6(isIPv6Allowed)
        try socket.connect(endpoint)
    }

    /// Takes what the connection met with.
    ///
    /// - Returns: whether the connection is to be given up and made anew at ``nextAttempt``: libzmq
    ///   tries again at once for ever, or never, as it takes what came.
    package mutating func note(_ event: MonitorEvent, at now: Duration) -> Bool {
        switch event.kind {
        case .connectDelayed:
            attempt = .connecting(since: now)
        case .closed:
            noteFailedConnection(at: now)
        case .connectRetried:
            noteUnknownName(attempt == .none)
            attempt = .none
            if isNamed {
                pause(at: now)
                return true
            }
        case .connected:
            attempt = .connected(since: now)
            obstacle = obstacle ?? .silent
        case .handshakeSucceeded:
            attempt = .ready
            obstacle = .unwelcome
            failureCount = 0
        case .handshakeFailed, .handshakeAuthenticationFailed:
            if case .connected(let since) = attempt {
                obstacle = now - since < Self.promptMax ? .brokenOff : .silent
                attempt = .failed
            }
        case .handshakeProtocolFailed:
            let isNews = event.isMechanismMismatch && obstacle != .encryptionDiffers
            obstacle = event.isMechanismMismatch ? .encryptionDiffers : .foreign
            // A mistake, most likely, of somebody who looks on.
            if isNews, !isMistakeTold {
                isMistakeTold = true
                nextLine = now
            }
            attempt = .failed
        case .disconnected:
            return noteEnd(at: now)
        case .listening, .bindFailed, .accepted, .acceptFailed, .closeFailed, .monitorStopped:
            break
        }
        return false
    }

    /// An address that was looked up opens a socket, which closes when connecting fails; a name
    /// that has no address of one kind may have one of the other.
    private mutating func noteUnknownName(_ isUnknown: Bool) {
        unknownNameCount = isUnknown ? unknownNameCount + 1 : 0
        if unknownNameCount > 1 { obstacle = .nameUnknown }
    }

    private mutating func noteFailedConnection(at now: Duration) {
        switch attempt {
        case .connecting(let since):
            obstacle = now - since < Self.promptMax ? .refused : .noAnswer
        case .none:
            obstacle = .unreachable
        case .connected, .ready, .failed:
            break
        }
        attempt = .failed
    }

    private mutating func noteEnd(at now: Duration) -> Bool {
        defer { attempt = .failed }
        switch attempt {
        case .ready:
            // libzmq connects anew, and finds what it finds.
            obstacle = nil
            return false
        case .connected:
            // Without a word about the handshake: there was nothing like one.
            obstacle = .foreign
        case .none, .connecting, .failed:
            break
        }
        pause(at: now)
        return true
    }

    private mutating func pause(at now: Duration) {
        let pause = min(Self.firstPause * (1 << min(failureCount, 10)), Self.pauseMax)
        failureCount += 1
        // Not all at the same time, when many workers were turned away together.
        nextAttempt = now + pause * Double.random(in: 0.5...1)
    }

    /// What to tell of a search that goes on; nil unless it is time to.
    package mutating func line(at now: Duration) -> String? {
        guard let start, nextLine <= now else { return nil }
        nextLine = now + Self.linePause
        let seconds = (now - start).components.seconds
        return "looking for the coordinator at \(endpoint) for \(seconds) s: \(reason)"
    }

    /// Why the coordinator is not found, to go on a sentence.
    package var reason: String {
        switch obstacle {
        case nil: "there is no connection yet"
        case .nameUnknown: "the host's name was not found"
        case .unreachable where endpoint.hasPrefix("ipc://"): "nobody serves that file"
        case .unreachable: "no network leads there"
        case .refused: "the connection was refused"
        case .noAnswer: "the host does not answer"
        case .silent: "a connection was made, and nothing answers over it"
        case .brokenOff where isEncrypted:
            "connections end before they are encrypted: the coordinator is full, closing or gone "
                + "behind a proxy, or this worker's key file names another"
        case .brokenOff:
            "connections end at once: the coordinator is full, closing or gone behind a proxy, or "
                + "encrypts, or another program answers"
        case .encryptionDiffers where isEncrypted:
            "the other side does not encrypt; give the coordinator --keys"
        case .encryptionDiffers: "the other side encrypts; give this worker its --key"
        case .foreign: "another program answers there"
        case .unwelcome: "it is connected, and nobody there welcomes a worker"
        }
    }
}

extension MonitorEvent {
    /// Whether one side encrypts and the other does not: libzmq's
    /// ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH.
    var isMechanismMismatch: Bool {
        kind == .handshakeProtocolFailed && value == 0x1100_0002
    }
}
