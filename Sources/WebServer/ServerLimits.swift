/// What a server puts up with, so that nobody who asks costs more than an answer.
package struct ServerLimits: Sendable {
    /// The largest request that is read. Browsers send the cookies of every program of a host.
    package var requestSizeMax = 16_384
    /// As many connections are kept that wait for an answer; then the oldest goes.
    package var connectionCountMax = 64
    /// As many follow events at a time; others are told to come again.
    package var followerCountMax = 16
    /// How long a connection may take to ask, and afterwards to read its answer.
    package var patience: Duration = .seconds(2)
    /// How long one who follows events may leave them unread.
    package var unreadMax: Duration = .seconds(10)
    /// How much may lie unread before nothing more is sent for a while.
    package var unreadSizeMax = 256 << 10
    /// How often it is looked whether events are urgent.
    package var urgencyInterval: Duration = .milliseconds(200)
    /// How often events are sent that are not.
    package var eventInterval: Duration = .seconds(1)

    /// The usual limits.
    package init() {}
}
