internal import CSharedMemory
import Glibc

/// One end of a connection between two processes of one host: whole packets, in order.
///
/// The end of the other process, however it comes, is seen at once. Belongs to one thread.
package struct PacketSocket: ~Copyable {
    /// What came.
    package enum Received: Equatable, Sendable {
        /// A packet of this number of bytes.
        case packet(size: Int)
        /// Nothing, so far.
        case nothing
        /// The end of the connection, or a packet that is longer than ours are.
        case end
    }

    /// What to poll for reading.
    package let fileDescriptor: Int32

    init(owning descriptor: Int32) { fileDescriptor = descriptor }

    deinit { close(fileDescriptor) }

    /// Connects to a listener by its name, at once or not at all: nil when no process of this
    /// host and this user listens under that name.
    package init?(connectingTo name: String) {
        guard let socket = makePacketSocket() else { return nil }
        let outcome = withAddress(named: name) { connect(socket, $0, $1) }
        guard outcome == 0, packet_is_same_user(socket) != 0 else {
            close(socket)
            return nil
        }
        fileDescriptor = socket
    }

    /// Sends a packet without waiting, and tells whether the system has taken it.
    package func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        packet_send(fileDescriptor, bytes.baseAddress, bytes.count, -1) == 0
    }

    /// Sends a packet of one byte with a descriptor, and tells whether the system has taken it.
    package func send(_ descriptor: borrowing PassedDescriptor) -> Bool {
        packet_send(fileDescriptor, "d", 1, descriptor.rawValue) == 0
    }

    /// Takes the next packet without waiting; a descriptor that nobody asked for is closed.
    package func receive(into bytes: UnsafeMutableRawBufferPointer) -> Received {
        var descriptor: Int32 = -1
        let received = receive(into: bytes, &descriptor)
        if descriptor >= 0 { close(descriptor) }
        return received
    }

    /// Takes the next packet without waiting, and the descriptor that comes with it, if one does.
    package func receive(
        into bytes: UnsafeMutableRawBufferPointer,
        _ descriptor: inout PassedDescriptor?
    ) -> Received {
        var rawValue: Int32 = -1
        let received = receive(into: bytes, &rawValue)
        descriptor = rawValue >= 0 ? PassedDescriptor(rawValue: rawValue) : nil
        return received
    }

    private func receive(
        into bytes: UnsafeMutableRawBufferPointer,
        _ descriptor: inout Int32
    ) -> Received {
        let size = packet_receive(fileDescriptor, bytes.baseAddress, bytes.count, &descriptor)
        if size > 0 { return .packet(size: size) }
        return size == -Int(EAGAIN) ? .nothing : .end
    }
}

/// Waits for connections of other processes of this host, under a name that is in no folder.
package struct PacketListener: ~Copyable {
    /// The name that others connect to.
    package let name: String

    /// What to poll for reading.
    package let fileDescriptor: Int32

    /// Listens under a name, or not where the system does not allow it.
    package init?(name: String) {
        guard let socket = makePacketSocket() else { return nil }
        let outcome = withAddress(named: name) { bind(socket, $0, $1) }
        guard outcome == 0, listen(socket, 1_024) == 0 else {
            close(socket)
            return nil
        }
        self.name = name
        fileDescriptor = socket
    }

    deinit { close(fileDescriptor) }

    /// Takes the next connection without waiting; nil where there is none, and where it is another
    /// user's, which is closed.
    package func accept() -> PacketSocket? {
        let descriptor = packet_accept(fileDescriptor)
        guard descriptor >= 0 else { return nil }
        guard packet_is_same_user(descriptor) != 0 else {
            close(descriptor)
            return nil
        }
        return PacketSocket(owning: descriptor)
    }
}

private func makePacketSocket() -> Int32? {
    let type = SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
    let descriptor = socket(AF_UNIX, Int32(type), 0)
    return descriptor < 0 ? nil : descriptor
}

/// Lends the address of an abstract socket (unix(7)): a zero byte, then the name.
private func withAddress(
    named name: String,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = [0] + Array(name.utf8)
    let nameOffset = MemoryLayout<sa_family_t>.size
    guard bytes.count <= MemoryLayout<sockaddr_un>.size - nameOffset else { return -1 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(nameOffset + bytes.count))
        }
    }
}
