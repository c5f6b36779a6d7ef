import NIOCore
import NIOHTTP1

/// The open connections of a server: how many there may be, and how long each.
///
/// Belongs to the server's thread.
final class Visitors {
    /// One who has not been answered yet, or has not read its answer.
    private struct Caller {
        let channel: any Channel
        let deadline: Scheduled<Void>
    }

    /// One who follows events.
    private final class Follower {
        let channel: any Channel
        let feed: any EventFeed
        /// Which version of each part was sent.
        var sent: [String: Int] = [:]
        /// Since when nothing more could be sent; nil while all is well.
        var stuckSince: NIODeadline?

        init(_ channel: any Channel, _ feed: any EventFeed) {
            self.channel = channel
            self.feed = feed
        }
    }

    /// A part, and how often it has changed.
    private struct Part {
        var text: String
        var version: Int
    }

    private let limits: ServerLimits
    private var callers: [Caller] = []
    private var followers: [Follower] = []
    private var parts: [String: Part] = [:]
    private var ticking: RepeatedTask?
    private var lastTick = NIODeadline.distantPast

    init(_ limits: ServerLimits) { self.limits = limits }

    /// Whether one more may follow events.
    var canFollow: Bool { followers.count < limits.followerCountMax }

    /// Takes a connection in, for whom the oldest may have to go.
    func came(_ channel: any Channel) {
        if callers.count >= limits.connectionCountMax {
            callers[0].channel.close(mode: .all, promise: nil)
            callers[0].deadline.cancel()
            callers.removeFirst()
        }
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(limits.patience)) {
            channel.close(mode: .all, promise: nil)
        }
        callers.append(Caller(channel: channel, deadline: deadline))
    }

    /// Forgets a connection that has ended.
    func went(_ channel: any Channel) {
        forgetCaller(channel)
        followers.removeAll { $0.channel === channel }
        if followers.isEmpty {
            ticking?.cancel()
            ticking = nil
        }
    }

    private func forgetCaller(_ channel: any Channel) {
        guard let index = callers.firstIndex(where: { $0.channel === channel }) else { return }
        callers.remove(at: index).deadline.cancel()
    }

    /// Has a connection follow events from now on.
    func follows(_ channel: any Channel, _ feed: any EventFeed) {
        forgetCaller(channel)
        followers.append(Follower(channel, feed))
        tick()
        guard ticking == nil else { return }
        let interval = TimeAmount(min(limits.eventInterval, limits.urgencyInterval))
        let own = NIOLoopBound(self, eventLoop: channel.eventLoop)
        ticking = channel.eventLoop.scheduleRepeatedTask(
            initialDelay: interval,
            delay: interval
        ) { _ in own.value.tickIfDue() }
    }

    private func tickIfDue() {
        guard let feed = followers.first?.feed else { return }
        let isDue = NIODeadline.now() - lastTick >= TimeAmount(limits.eventInterval)
        if isDue || feed.isUrgent { tick() }
    }

    /// Sends what has changed to those who read; whoever does not for long is dropped.
    func tick() {
        guard let first = followers.first else { return }
        lastTick = .now()
        // All follow one run.
        let changed = first.feed.parts()
        for (name, text) in changed where parts[name]?.text != text {
            parts[name] = Part(text: text, version: (parts[name]?.version ?? 0) + 1)
        }
        let now = NIODeadline.now()
        for follower in followers {
            guard follower.channel.isWritable else {
                let since = follower.stuckSince ?? now
                follower.stuckSince = since
                if now - since >= TimeAmount(limits.unreadMax) {
                    follower.channel.close(mode: .all, promise: nil)
                }
                continue
            }
            follower.stuckSince = nil
            send(changed.map(\.name), to: follower)
        }
    }

    private func send(_ names: [String], to follower: Follower) {
        var text = ""
        for name in names {
            guard let part = parts[name], follower.sent[name] != part.version else { continue }
            follower.sent[name] = part.version
            text += Self.event(name, part.text)
        }
        if !text.isEmpty { write(text, to: follower) }
    }

    private func write(_ text: String, to follower: Follower) {
        let buffer = follower.channel.allocator.buffer(string: text)
        follower.channel.writeAndFlush(
            HTTPServerResponsePart.body(.byteBuffer(buffer)),
            promise: nil
        )
    }

    /// An event as it is sent: each line of its data stands for itself.
    static func event(_ name: String, _ text: String) -> String {
        var event = "event: \(name)\n"
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            event += "data: \(line)\n"
        }
        return event + "\n"
    }

    /// Sends those who follow the last that there is to say, and that it is the last.
    func farewell() {
        tick()
        for follower in followers { write(Self.event("end", ""), to: follower) }
    }
}
