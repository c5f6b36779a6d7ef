private import CISAL
import IDX

/// Why an archive of arrays cannot be read; each case reads as one sentence for the operator.
package enum ArchiveError: Error, Equatable, CustomStringConvertible {
    /// The file is no zip archive, or is damaged.
    case damaged(file: String, reason: String)
    /// The archive lacks an array.
    case missingArray(file: String, expected: String, found: [String])
    /// An array is of another kind than images or labels are.
    case wrongArray(file: String, array: String, found: String, expected: String)

    package var description: String {
        switch self {
        case .damaged(let file, let reason):
            "\(file): \(reason) where an intact .npz archive was expected; fetch it again"
        case .missingArray(let file, let expected, let found):
            "\(file): the arrays \(found.prefix(6).joined(separator: ", ")) were found where "
                + "\(expected) were expected; name them so with numpy.savez"
        case .wrongArray(let file, let array, let found, let expected):
            "\(file): \(array) is \(found) where \(expected) was expected; convert it with numpy "
                + "and save it again"
        }
    }
}

/// The members of a zip archive in memory, stored or deflated, as NumPy writes them (PKWARE's
/// APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16).
struct ZipArchive {
    private struct Member {
        let name: String
        let method: Int
        let checksum: UInt32
        let storedSize: Int
        let size: Int
        let offset: Int
    }

    /// More than any data set that is accepted takes.
    private static let sizeMax = LabeledImages.fileSizeMax + 65_536

    private let file: IDXFile
    private let members: [Member]

    /// Reads the list of members at an archive's end.
    init(_ file: IDXFile) throws(ArchiveError) {
        self.file = file
        let bytes = file.bytes
        func number(_ size: Int, at offset: Int) throws(ArchiveError) -> Int {
            guard offset >= 0, offset + size <= bytes.count else {
                throw .damaged(file: file.name, reason: "an end within its list of members")
            }
            return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        // The end's record is 22 bytes long, and a comment of up to 65,535 may follow.
        let first = max(0, bytes.count - 22 - 65_535)
        let end = stride(from: bytes.count - 22, through: first, by: -1).first {
            bytes[$0...].starts(with: [0x50, 0x4B, 5, 6])
        }
        guard bytes.count >= 22, let end else {
            throw .damaged(file: file.name, reason: "no list of members")
        }
        var place = try number(4, at: end + 16)
        var members: [Member] = []
        for _ in 0..<(try number(2, at: end + 10)) {
            guard try number(4, at: place) == 0x0201_4B50 else {
                throw .damaged(file: file.name, reason: "a damaged list of members")
            }
            let nameSize = try number(2, at: place + 28)
            let rest = try number(2, at: place + 30) + number(2, at: place + 32)
            _ = try number(1, at: place + 46 + nameSize + rest - 1)
            members.append(
                Member(
                    name: String(
                        decoding: bytes[place + 46..<place + 46 + nameSize],
                        as: UTF8.self
                    ),
                    method: try number(2, at: place + 10),
                    checksum: UInt32(truncatingIfNeeded: try number(4, at: place + 16)),
                    storedSize: try number(4, at: place + 20),
                    size: try number(4, at: place + 24),
                    offset: try number(4, at: place + 42)
                )
            )
            place += 46 + nameSize + rest
        }
        self.members = members
    }

    /// The members' names.
    var names: [String] { members.map(\.name) }

    /// A member's bytes; nil where there is none of that name.
    func contents(of name: String) throws(ArchiveError) -> [UInt8]? {
        guard let member = members.first(where: { $0.name == name }) else { return nil }
        let bytes = file.bytes
        guard member.size <= Self.sizeMax, member.offset + 30 <= bytes.count else {
            throw damaged(member, "is larger than a data set or lies outside")
        }
        let lengths = (26...29).map { Int(bytes[member.offset + $0]) }
        let start = member.offset + 30 + lengths[0] + lengths[1] << 8 + lengths[2] + lengths[3] << 8
        guard start + member.storedSize <= bytes.count else { throw damaged(member, "is cut off") }
        let stored = bytes[start..<start + member.storedSize]
        let contents: [UInt8]
        switch member.method {
        case 0: contents = Array(stored)
        case 8: contents = try inflated(stored, member)
        default: throw damaged(member, "is compressed by method \(member.method), not deflate,")
        }
        let checksum = contents.withUnsafeBufferPointer {
            crc32_gzip_refl(0, $0.baseAddress, UInt64($0.count))
        }
        guard contents.count == member.size, checksum == member.checksum else {
            throw damaged(member, "has a wrong size or checksum")
        }
        return contents
    }

    private func damaged(_ member: Member, _ reason: String) -> ArchiveError {
        .damaged(file: file.name, reason: "\(member.name) \(reason)")
    }

    private func inflated(
        _ stored: ArraySlice<UInt8>,
        _ member: Member
    ) throws(ArchiveError) -> [UInt8] {
        let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
        defer { state.deallocate() }
        isal_inflate_init(state)
        state.pointee.crc_flag = UInt32(ISAL_DEFLATE)
        var status: Int32 = 0
        let contents = [UInt8](unsafeUninitializedCapacity: member.size) { buffer, count in
            stored.withUnsafeBufferPointer { input in
                state.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                state.pointee.avail_in = UInt32(input.count)
                state.pointee.next_out = buffer.baseAddress
                state.pointee.avail_out = UInt32(member.size)
                status = isal_inflate(state)
            }
            count = member.size - Int(state.pointee.avail_out)
        }
        guard status == ISAL_DECOMP_OK else { throw damaged(member, "is damaged") }
        return contents
    }
}
