import Figures
import JSON
import Reporting

/// What is shown of one run alone.
struct RunSection {
    let run: ReportedRun

    var html: String {
        """
        <section><h2>\(Markup.escaped(run.name))</h2>
        \(run.notes.map { "<p class=\"note\">\(Markup.escaped($0))</p>" }.joined())
        \(digest)
        \(findings)
        <h3>Workers</h3>\(timeline)
        <h3>Faults survived</h3>\(FaultList(run.history).html)
        <h3>Time</h3>\(PhaseBars.html(of: run.summary?["profile"]))
        <h3>Settings</h3><details><summary>all settings, and what ran</summary>\(settings)</details>
        </section>
        """
    }

    private var digest: String {
        run.digest.map { "<p>digest <code>\(Markup.escaped($0))</code></p>" } ?? ""
    }

    private var timeline: String {
        let end = run.state == .training ? run.lines.last?[.time] : nil
        return WorkerTimeline(run.history, until: end).html
    }

    private var findings: String {
        guard let findings = run.findings else { return "" }
        let test =
            "<p>Of <code>\(Markup.escaped(findings.source))</code>: test loss \(Markup.metric(findings.test.loss)), test accuracy \(Markup.metric(findings.test.accuracy)).</p>"
        let digits = findings.misread.map { digit in
            "<figure>\(Markup.image(digit.picture, alternative: digit.title))<figcaption>\(Markup.escaped(digit.title))</figcaption></figure>"
        }
        let worst =
            digits.isEmpty
            ? "<p>None was misread.</p>" : "<div class=\"digits\">\(digits.joined())</div>"
        return "<h3>Test images</h3>" + test + ConfusionTable.html(of: findings.confusion)
            + "<h3>Most confidently misread</h3>" + worst
            + "<h3>Filters of conv1</h3>" + FilterPictures.html(of: findings.filters)
    }

    private var settings: String {
        let origin = run.history.last { $0.kind == .start }?.origin ?? [:]
        let known = ["version", "commit", "kernels", "host"].compactMap { key in
            (origin[key] ?? run.summary?[key]?.string).map { (key: key, value: $0) }
        }
        let start = run.start.map { [(key: "startTime", value: Markup.moment($0))] } ?? []
        let rows = (run.settings + known + start).map { entry in
            "<tr><th scope=\"row\">\(Markup.escaped(entry.key))</th><td>\(Markup.escaped(entry.value))</td></tr>"
        }
        return "<table class=\"plain\"><tbody>\(rows.joined())</tbody></table>"
    }
}
