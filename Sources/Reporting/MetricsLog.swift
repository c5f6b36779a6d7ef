import Foundation

/// The run's `metrics.jsonl`, a line each epoch and each `--log-every` steps, and the same lines as
/// a table, `metrics.csv`.
package final class MetricsLog: Sendable {
    /// The file's name in the run's folder.
    package static let fileName = "metrics.jsonl"
    /// The table's name in the run's folder.
    package static let tableName = "metrics.csv"

    private let file: ReportFile
    private let table: ReportFile

    /// Begins the log of a new run.
    ///
    /// - Throws: when the folder has one already or cannot be written to.
    package init(newInFolder folder: String) throws(ReportError) {
        file = try ReportFile(path: "\(folder)/\(Self.fileName)", opening: .new)
        table = try Self.table(of: file, in: folder)
    }

    /// Continues the log of a run from `step`, or begins it where there is none.
    ///
    /// Lines of later steps are cut off, for the resumed run writes them again; so is everything
    /// from the first line on that is torn or none of ours, or of a step before the line above it.
    /// So no more is read than a run of that many steps can have written, however large the file
    /// is. The table is made anew of the lines that stay.
    ///
    /// - Throws: when the file cannot be read, cut or written to.
    package init(folder: String, resumingAtStep step: Int) throws(ReportError) {
        file = try ReportFile(path: "\(folder)/\(Self.fileName)", opening: .continued)
        var size = 0
        try Self.forEachLine(of: file, upToStep: step) { line, lineSize in size += lineSize }
        try file.cut(to: size)
        table = try Self.table(of: file, in: folder)
    }

    /// Reads the lines of a run that may be going on, or of an earlier version; none where there is
    /// no such file.
    ///
    /// - Throws: when it cannot be read.
    package static func lines(inFolder folder: String) throws(ReportError) -> [MetricsLine] {
        let path = "\(folder)/\(fileName)"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        var lines: [MetricsLine] = []
        let file = try ReportFile(reading: path)
        try file.forEachLine(lengthMax: lineLengthMax) { bytes in
            guard let line = MetricsLine(parsing: bytes), lines.count < shownLineCountMax else {
                return false
            }
            lines.append(line)
            return true
        }
        return lines
    }

    /// Appends a line.
    ///
    /// - Throws: when the disk does not take it.
    package func append(_ line: MetricsLine) throws(ReportError) {
        try file.append(Array((line.json + "\n").utf8))
        try table.append(Array((line.row + "\n").utf8))
    }

    /// More than any line of ours has.
    private static let lineLengthMax = 4_096
    /// More lines than a run of a hundred thousand epochs writes of them.
    private static let shownLineCountMax = 1_000_000

    /// Gives the lines that stay where a run goes on from `step`, each with its size in the file.
    private static func forEachLine(
        of file: ReportFile,
        upToStep step: Int,
        _ body: (MetricsLine, Int) -> Void
    ) throws(ReportError) {
        var last: MetricsLine?
        var lineCount = 0
        // A line a step at most, and that of an epoch once more for a start that died beside it.
        let lineCountMax = 4 * (step + 1)
        try file.forEachLine(lengthMax: lineLengthMax) { bytes in
            guard let line = MetricsLine(parsing: bytes), line.step <= step,
                last.map(line.mayFollow) ?? true, lineCount < lineCountMax
            else { return false }
            lineCount += 1
            last = line
            body(line, bytes.count + 1)
            return true
        }
    }

    /// Writes the table of all lines of a file, and opens it for more.
    private static func table(
        of file: ReportFile,
        in folder: String
    ) throws(ReportError) -> ReportFile {
        var rows = MetricsLine.header + "\n"
        try forEachLine(of: file, upToStep: .max / 8) { line, _ in rows += line.row + "\n" }
        let path = "\(folder)/\(tableName)"
        try ReportFile.replace(path, with: Array(rows.utf8))
        return try ReportFile(path: path, opening: .continued)
    }
}
