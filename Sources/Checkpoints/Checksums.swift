import JSON
import Safetensors

/// The checksums in a file's metadata: the format itself has none, and its readers notice no
/// flipped bit in the data.
///
/// `sha256` covers the data section. `metadataSHA256` covers everything else in the metadata, as
/// JSON with sorted keys and no spaces; without it a flipped digit of the step would go unnoticed.
enum Checksums {
    private static let dataKey = "sha256"
    private static let metadataKey = "metadataSHA256"

    /// Adds both checksums to a file's metadata.
    static func added(
        to metadata: [String: String],
        data: [UnsafeRawBufferPointer]
    ) -> [String: String] {
        var metadata = metadata
        metadata[dataKey] = Digest.sha256(ofParts: data).description
        metadata[metadataKey] = digest(of: metadata).description
        return metadata
    }

    /// Compares a file with its checksums.
    ///
    /// Those that are absent are not missed, for files of other programs have none;
    /// ``requirePresence(in:path:)`` is for the ones that must.
    ///
    /// - Throws: ``CheckpointError/wrongChecksum(path:part:found:expected:)`` when one disagrees.
    static func check(_ file: SafetensorsFile, path: String) throws(CheckpointError) {
        func compare(
            _ key: String,
            _ part: String,
            _ found: @autoclosure () -> Digest
        ) throws(CheckpointError) {
            guard let expected = file.metadata[key] else { return }
            let found = found().description
            guard found == expected else {
                throw .wrongChecksum(path: path, part: part, found: found, expected: expected)
            }
        }
        var rest = file.metadata
        rest[metadataKey] = nil
        try compare(metadataKey, "metadata", digest(of: rest))
        try compare(dataKey, "data section", file.withData(Digest.sha256))
    }

    /// Insists on both checksums.
    ///
    /// - Throws: ``CheckpointError/wrongMetadata(path:key:found:expected:)`` when one is absent.
    static func requirePresence(in file: SafetensorsFile, path: String) throws(CheckpointError) {
        for key in [dataKey, metadataKey] where file.metadata[key] == nil {
            throw .wrongMetadata(path: path, key: key, found: nil, expected: "a SHA-256")
        }
    }

    private static func digest(of metadata: [String: String]) -> Digest {
        Array(StrictJSON.text(of: metadata).utf8).withUnsafeBytes(Digest.sha256)
    }
}
