import CISAL

/// Compresses, for tests of what inflates.
package enum Gzip {
    /// The bytes as a gzip stream of one member.
    package static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        isal_deflate_stateless_init(stream)
        stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
        stream.pointee.end_of_stream = 1
        var input = bytes
        var output = [UInt8](repeating: 0, count: bytes.count + 1000)
        let size = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                let status = isal_deflate_stateless(stream)
                precondition(status == COMP_OK, "deflate answers \(status)")
                return target.count - Int(stream.pointee.avail_out)
            }
        }
        return Array(output.prefix(size))
    }
}
