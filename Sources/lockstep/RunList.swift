import Figures
import Foundation
import HTMLReport
import Reporting

/// Runs as a table for a terminal, or as JSON.
struct RunList {
    let runs: [ReportedRun]

    /// A column: the later it goes where the terminal is narrow, the smaller its rank.
    private struct Column: Sendable {
        let head: String
        let rank: Int
        var isText = false
        /// Whether it goes where no run has anything for it.
        var isOptional = false
        let text: @Sendable (ReportedRun) -> String
    }

    private static let columns: [Column] = [
        Column(head: "run", rank: 0, isText: true, text: { $0.name }),
        Column(head: "state", rank: 1, isText: true) { $0.state.rawValue },
        Column(head: "started", rank: 7, isText: true) { started($0) },
        Column(head: "epochs", rank: 2) { run in
            "\(run.epochs.count)" + (run.epochCount.map { "/\($0)" } ?? "")
        },
        Column(head: "steps", rank: 9) { "\($0.step)" },
        Column(head: "loss", rank: 8) { metric($0.epochs.last?[.loss]) },
        Column(head: "val_accuracy", rank: 4) { metric($0.epochs.last?[.validationAccuracy]) },
        Column(head: "ema_val_accuracy", rank: 11, isOptional: true) {
            metric($0.epochs.last?[.averageValidationAccuracy])
        },
        Column(head: "test_accuracy", rank: 3) { metric($0.test?.accuracy) },
        Column(head: "ema_test_accuracy", rank: 12, isOptional: true) {
            metric($0.averageTestAccuracy)
        },
        Column(head: "samples/s", rank: 6) { run in
            run.samplesPerSecond.map { DecimalText.fixed($0, places: 0) } ?? "–"
        },
        Column(head: "workers", rank: 10) { $0.workerCount.map { "\($0)" } ?? "–" },
        Column(head: "digest", rank: 5, isText: true) {
            $0.digest.map { String($0.prefix(12)) } ?? "–"
        },
    ]

    private static func metric(_ value: Double?) -> String {
        value.map(DecimalText.metric) ?? "–"
    }

    private static func started(_ run: ReportedRun) -> String {
        run.start.map {
            Date(timeIntervalSince1970: $0).formatted(
                Date.VerbatimFormatStyle(
                    format: """
                        \(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \
                        \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)
                        """,
                    timeZone: .current,
                    calendar: Calendar(identifier: .gregorian)
                )
            )
        } ?? "–"
    }

    /// The table in at most `columnCount` columns, as far as names allow.
    func text(columnCount: Int) -> String {
        var columns = Self.columns.filter { column in
            !column.isOptional || runs.contains { column.text($0) != "–" }
        }
        var rows = self.rows(of: columns)
        while columns.count > 2, rows[0].count > columnCount {
            guard let last = columns.indices.max(by: { columns[$0].rank < columns[$1].rank })
            else { break }
            columns.remove(at: last)
            rows = self.rows(of: columns)
        }
        return rows.joined(separator: "\n") + "\n"
    }

    private func rows(of columns: [Column]) -> [String] {
        let cells =
            [columns.map(\.head)]
            + runs.map { run in
                columns.map { Sentence.onOneLine($0.text(run)) }
            }
        let widths = columns.indices.map { place in cells.map { $0[place].count }.max() ?? 0 }
        return cells.map { row in
            let padded = row.enumerated().map { place, cell in
                let blanks = String(repeating: " ", count: widths[place] - cell.count)
                return columns[place].isText ? cell + blanks : blanks + cell
            }
            let line = padded.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// A JSON array with an object for each run.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return String(decoding: try encoder.encode(runs.map(Entry.init)), as: UTF8.self) + "\n"
    }

    private struct Entry: Encodable {
        let run: String
        let state: String
        let startTime: String?
        let epochs: Int
        let steps: Int
        /// The last epoch's figures, and the test's, by name.
        let figures: [String: Double]
        let workers: Int?
        let digest: String?

        init(_ run: ReportedRun) {
            self.run = run.name
            state = run.state.rawValue
            startTime = run.start.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) }
            epochs = run.epochs.count
            steps = run.step
            let fields: [MetricsField] = [
                .loss, .accuracy, .validationLoss, .validationAccuracy, .averageValidationLoss,
                .averageValidationAccuracy,
            ]
            var figures: [String: Double] = [:]
            for field in fields { figures[field.rawValue] = run.epochs.last?[field] }
            figures["test_loss"] = run.test?.loss
            figures["test_accuracy"] = run.test?.accuracy
            figures["ema_test_accuracy"] = run.averageTestAccuracy
            figures[MetricsField.samplesPerSecond.rawValue] = run.samplesPerSecond
            self.figures = figures.filter(\.value.isFinite)
            workers = run.workerCount
            digest = run.digest
        }
    }
}
