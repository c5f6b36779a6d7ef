import Foundation
import HTMLReport
import JSON
import Reporting
import TestTools

/// What a run's folder tells, and the page that is made of it.
extension FuzzTarget {
    static var report: FuzzTarget {
        let lines = """
            {"kind":"start","time":1,"step":0,"origin":{"host":"alpha","version":"0.1.0"},"formatVersion":1}
            {"kind":"workerJoined","time":1.5,"step":0,"worker":"alpha/1 (ab)","workers":1,"formatVersion":1}
            {"kind":"epoch","time":2,"step":9,"shards":{"alpha/1 (ab)":20},"formatVersion":1}
            {"accuracy":0.5,"epoch":1,"formatVersion":2,"kind":"step","loss":0.5,"samplesPerSecond":9,"step":9,"time":2}
            {"kind":"epoch","time":1e9,"step":1099511627776,"shards":{"a":9223372036854775807,"b":1e999},"formatVersion":1}
            {"accuracy":-1e308,"epoch":1,"kind":"epoch","loss":1e308,"samplesPerSecond":9,"seconds":1,"step":1099511627776,"time":2}
            {"kind":"workerLost","time":3,"step":9,"worker":"alpha/1 (ab)","workers":0,"text":"<b>","formatVersion":1}
            {"kind":"end","time":4,"step":9,"text":"completed","formatVersion":1}

            """
        return FuzzTarget(name: "report", corpus: [Array(lines.utf8)]) { bytes in
            try? withTemporaryFolder { folder in
                for name in [RunHistory.fileName, MetricsLog.fileName] {
                    try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
                }
                let run = ReportedRun(
                    name: "run",
                    state: .training,
                    settings: [],
                    lines: try MetricsLog.lines(inFolder: folder),
                    history: try RunHistory.events(inFolder: folder),
                    summary: try? StrictJSON(parsing: bytes[...])
                )
                let page = ReportPage([run], readAt: Date(timeIntervalSince1970: 1)).html
                let isPlain = !page.contains("<b>")
                check(isPlain && page.hasSuffix("</html>\n"), "markup of the file's own")
            }
        }
    }
}
