/// A format of pictures, told by a file's first bytes, whatever its name ends in.
package enum PictureFormat: String, CaseIterable, Sendable {
    case png = "PNG"
    case jpeg = "JPEG"

    /// How many bytes of a file decide.
    package static let prefixSize = 16

    /// Finds the format; nil for another.
    package init?(of bytes: some Collection<UInt8>) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8]) {
            self = .jpeg
        } else {
            return nil
        }
    }
}
