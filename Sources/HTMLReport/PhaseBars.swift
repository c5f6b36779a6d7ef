import JSON
import Reporting

/// What the coordinator and the workers spent their time on, as bars.
enum PhaseBars {
    /// The bars of a summary's profile; nothing where it has none.
    static func html(of profile: StrictJSON?) -> String {
        guard let profile, let coordinator = seconds(profile["coordinator"]) else {
            return "<p class=\"quiet\">told of once the run is complete</p>"
        }
        var workers: [String: Double] = [:]
        let profiles = profile["workers"]?.elements ?? []
        for worker in profiles {
            for (phase, time) in seconds(worker["seconds"]) ?? [:] {
                workers[phase, default: 0] += time
            }
        }
        let names = Set(coordinator.keys).union(workers.keys).sorted()
        return bar("coordinator", coordinator, names)
            + (workers.isEmpty
                ? ""
                : bar(profiles.count == 1 ? "worker" : "\(profiles.count) workers", workers, names))
    }

    private static func seconds(_ object: StrictJSON?) -> [String: Double]? {
        object?.members.map { members in
            members.reduce(into: [:]) { $0[$1.key] = $1.value.double ?? 0 }
        }
    }

    private static func bar(_ who: String, _ seconds: [String: Double], _ names: [String]) -> String
    {
        let total = max(1e-9, seconds.values.reduce(0, +))
        let parts = names.enumerated().compactMap { index, name -> (String, String)? in
            guard let time = seconds[name], time > 0 else { return nil }
            let percent = DecimalText.fixed(100 * time / total, places: 1)
            let colour = "var(--c\(index % PageStyle.colourCount))"
            // Waiting is no work.
            let background = name == "wait" ? "var(--line)" : colour
            return (
                "<span style=\"width:\(percent)%;background:\(background)\" title=\"\(Markup.escaped(name)): \(percent) %\"></span>",
                "<li><svg viewBox=\"0 0 24 8\" aria-hidden=\"true\"><rect width=\"24\" height=\"8\" style=\"fill:\(background)\"/></svg>\(Markup.escaped(name)) \(percent) %</li>"
            )
        }
        return
            "<h4>\(Markup.escaped(who)), \(Markup.span(total))</h4><div class=\"phases\" aria-hidden=\"true\">\(parts.map(\.0).joined())</div><ul class=\"legend\">\(parts.map(\.1).joined())</ul>"
    }
}
