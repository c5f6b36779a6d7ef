package import Foundation
import Reporting

/// Runs as one page that needs nothing beside it: no script, no font and no picture from elsewhere.
package struct ReportPage {
    private let runs: [ReportedRun]
    private let time: Date

    /// What every page of ours begins with, by which one is known.
    package static let beginning = "<!doctype html>\n<!-- lockstep report -->\n"

    /// Will show the runs in their order.
    ///
    /// - Parameter time: when their files were read.
    package init(_ runs: [ReportedRun], readAt time: Date) {
        self.runs = runs
        self.time = time
    }

    /// The page's text.
    package var html: String {
        let names = runs.map(\.name).joined(separator: ", ")
        let isGoingOn = runs.contains { $0.state == .training }
        let moment = Markup.moment(time.timeIntervalSince1970)
        let again = isGoingOn ? " Training goes on: the same command again shows more." : ""
        return Self.beginning + """
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="lockstep report"><title>\(Markup.escaped(names)) · Lockstep</title>
            <link rel="icon" href="data:,"><style>
            \(PageStyle.text)
            </style></head><body>
            <header><h1>\(runs.count == 1 ? "Run" : "\(runs.count) runs") \(Markup.escaped(names))</h1>
            <p class="quiet">Read \(moment).\(again)</p></header>
            <main>\(RunTable(runs: runs).html)
            <h2>Curves</h2><div class="charts">\(RunCharts(runs: runs).html)</div>
            \(runs.map { RunSection(run: $0).html }.joined(separator: "\n"))
            </main></body></html>

            """
    }
}
