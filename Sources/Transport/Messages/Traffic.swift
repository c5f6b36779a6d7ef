/// What a transport has carried, both ways.
package struct Traffic: Equatable, Sendable {
    /// Messages.
    package var messageCount = 0
    /// Their bytes, payloads included, wherever they lay.
    package var byteCount = 0
    /// Those of the bytes that went out.
    package var sentByteCount = 0
    /// Those of the messages that went through sealed links.
    package var sealedMessageCount = 0

    /// Has carried nothing yet.
    package init() {}

    /// Counts a message.
    package mutating func add(byteCount count: Int, isSent: Bool, isSealed: Bool = false) {
        messageCount += 1
        byteCount += count
        if isSent { sentByteCount += count }
        if isSealed { sealedMessageCount += 1 }
    }

    /// What several transports have carried together.
    package static func + (left: Traffic, right: Traffic) -> Traffic {
        var sum = left
        sum.messageCount += right.messageCount
        sum.byteCount += right.byteCount
        sum.sentByteCount += right.sentByteCount
        sum.sealedMessageCount += right.sealedMessageCount
        return sum
    }

    /// What was carried since an earlier time.
    package func since(_ earlier: Traffic) -> Traffic {
        var difference = self
        difference.messageCount -= earlier.messageCount
        difference.byteCount -= earlier.byteCount
        difference.sentByteCount -= earlier.sentByteCount
        difference.sealedMessageCount -= earlier.sealedMessageCount
        return difference
    }
}
