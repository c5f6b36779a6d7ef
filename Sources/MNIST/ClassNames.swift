import Foundation
import IDX

/// The names of classes, as files beside a data set give them.
package enum ClassNames {
    /// The file of a data set's folder that names its classes, one a line.
    package static let fileName = "classes.txt"
    /// The most characters of a name.
    package static let lengthMax = 40

    /// Whether a name can stand in every output: it has no comma and no control character, and is
    /// neither empty nor long.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.count <= lengthMax && !name.contains(",")
            && name.trimmingCharacters(in: .whitespaces) == name
            && name.unicodeScalars.allSatisfy { !CharacterSet.controlCharacters.contains($0) }
    }

    /// The names in a data set's folder: those of `classes.txt`, else of EMNIST's mapping from
    /// labels to letters; nil where neither is there.
    ///
    /// - Throws: when the file has something else than names, or a name twice.
    static func names(beside files: DatasetFiles) throws(MNISTError) -> [String]? {
        let own = files.folder + "/" + fileName
        if FileManager.default.fileExists(atPath: own) {
            return try checked(lines(of: own), in: own)
        }
        guard let prefix = files.prefix else { return nil }
        let mapping = "\(files.folder)/\(prefix)-mapping.txt"
        guard FileManager.default.fileExists(atPath: mapping) else { return nil }
        let names = try lines(of: mapping).map { line in
            // The label, then the code of the capital letter or digit, then perhaps the small one's.
            let code = line.split(separator: " ").dropFirst().first.flatMap { UInt8($0) }
            return code.map { String(UnicodeScalar($0)) } ?? ""
        }
        return try checked(names, in: mapping)
    }

    private static func lines(of path: String) throws(MNISTError) -> [String] {
        let bytes = try MNISTDataset.read(path).bytes
        let text = String(decoding: bytes.prefix(65_536), as: UTF8.self)
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func checked(
        _ names: [String],
        in file: String
    ) throws(MNISTError) -> [String] {
        guard Classes.counts.contains(names.count) else {
            throw .classCount(file: file, found: names.count)
        }
        for (index, name) in names.enumerated() {
            guard isName(name), !names[..<index].contains(name) else {
                throw .badClassName(file: file, line: index + 1, name: name)
            }
        }
        return names
    }
}
