import ArgumentParser
import Checkpoints
import Configuration
import Foundation
import MNIST
import Reporting

/// `lockstep data verify`: what a data set's folder holds.
struct DataVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Print what a data set's folder holds, and what is wrong with it.",
        discussion: """
            Files with their sizes and the SHA-256 of what they hold, inflated; images of each class; images that are \
            there twice. Without a folder, of MNIST as it ships.

            EXAMPLES:
              lockstep data verify /usr/share/datasets/fashion-mnist
              lockstep data verify gzip/emnist-letters
            """
    )

    @Argument(help: "A folder with four IDX files, or the path that their names begin with.")
    var folder: String?

    func run() throws {
        let path = folder.map { NSString(string: $0).expandingTildeInPath }
        let inspection = try DatasetInspection(directory: path)
        let dataset = try MNISTDataset.load(directory: path)
        for file in inspection.files {
            let digest = file.contents.withUnsafeBytes { Digest.sha256(of: $0) }
            let size = DecimalText.grouped(file.storedSize)
            try StandardOutput.write("\(digest)  \(file.path), \(size) bytes\n")
        }
        try StandardOutput.write("\n" + Self.table(of: dataset))
        try StandardOutput.write("\n" + Self.text(of: Duplicates(in: dataset)))
    }

    private static func table(of dataset: MNISTDataset) -> String {
        let (training, test) = (dataset.training.labelCounts, dataset.test.labelCounts)
        var rows = [["class", "training", "test"]]
        for (label, name) in dataset.classes.names.enumerated() {
            rows.append([name, "\(training[label])", "\(test[label])"])
        }
        rows.append(["all", "\(dataset.training.count)", "\(dataset.test.count)"])
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            zip(row, widths).map { text, width in
                String(repeating: " ", count: width - text.count) + text
            }.joined(separator: "  ")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(of duplicates: Duplicates) -> String {
        let pairs = duplicates.between
        let shown = pairs.prefix(5).map { "\($0.test) (training image \($0.training))" }
        let wrong = pairs.count { !$0.isLabelSame }
        var lines = [
            "\(pairs.count) of the test images \(pairs.count == 1 ? "is" : "are") among the training images"
                + (shown.isEmpty ? "" : ": " + shown.joined(separator: ", "))
                + (pairs.count > shown.count ? " and others" : "")
        ]
        if wrong > 0 { lines.append("\(wrong) of them under another label") }
        lines.append(
            "\(duplicates.inTrainingCount) of the training images \(duplicates.inTrainingCount == 1 ? "is" : "are") the same as an earlier one"
        )
        return lines.joined(separator: "\n") + "\n"
    }
}
