/// Curves over the run's steps, as inline SVG.
struct LineChart {
    /// One curve.
    struct Curve {
        /// The run that it is of; nil where all curves are of one.
        var run: String?
        /// What its numbers are called.
        var name: String
        /// Which of the page's colours it has.
        var colour: Int
        /// Whether it is dashed, faint, or plain with a dot at each point.
        var style: Style
        /// Steps and numbers, in order; one that is not finite leaves a gap.
        var points: [(step: Double, number: Double)]

        /// What it is called among all curves.
        var title: String { run.map { "\($0): \(name)" } ?? name }
    }

    /// How a curve is drawn.
    enum Style: String {
        case plain, dashed, faint
    }

    /// What stands above it.
    var title: String
    /// What its numbers are.
    var unit: String
    /// Its curves; those that come later lie above.
    var curves: [Curve]
    /// Whether ratios matter.
    var prefersLogarithm = false

    private static let (width, height) = (420.0, 250.0)
    private static let (left, right, top, bottom) = (48.0, 408.0, 12.0, 216.0)

    /// As many points of a curve are drawn; more are brought together by their means. Single steps
    /// differ so much that few of them tell more.
    private static func pointCountMax(_ style: Style) -> Int { style == .faint ? 40 : 300 }

    /// The chart, or what stands in its place while there is no point.
    var html: String {
        let shown = curves.filter { !$0.points.isEmpty }
        guard shown.contains(where: { $0.points.contains { $0.number.isFinite } }) else {
            return figure("<p class=\"quiet\">nothing yet</p>")
        }
        let steps = ChartScale([0] + shown.flatMap { $0.points.map(\.step) })
        let drawn = shown.map { curve in
            var curve = curve
            curve.points = Self.thinned(curve.points, to: Self.pointCountMax(curve.style))
            return curve
        }
        let numbers = ChartScale(
            drawn.flatMap { Self.deciding($0) },
            prefersLogarithm: prefersLogarithm
        )
        let content =
            Self.axes(steps, numbers)
            + drawn.map { Self.path(of: $0, steps, numbers) }.joined(separator: "\n")
        let label = Markup.escaped("\(title): \(shown.map(\.title).joined(separator: ", "))")
        return figure(
            "<svg viewBox=\"0 0 \(Markup.coordinate(Self.width)) \(Markup.coordinate(Self.height))\" role=\"img\" aria-label=\"\(label)\">\(content)</svg>"
                + legend(shown)
        )
    }

    private func figure(_ content: String) -> String {
        "<figure class=\"card\"><figcaption>\(Markup.escaped(title)) <span class=\"quiet\">\(Markup.escaped(unit))</span></figcaption>\(content)</figure>"
    }

    private func legend(_ curves: [Curve]) -> String {
        var entries: [String] = []
        var known: Set<String> = []
        for curve in curves {
            // Of several runs each has a colour, and what the styles are is said once.
            let style = curve.run == nil ? curve.style : .plain
            let name = curve.run ?? curve.name
            guard known.insert(name).inserted else { continue }
            entries.append(
                "<li><svg viewBox=\"0 0 24 8\" aria-hidden=\"true\"><path class=\"\(style.rawValue) c\(curve.colour)\" d=\"M0 4H24\"/></svg>\(Markup.escaped(name))</li>"
            )
        }
        if curves.contains(where: { $0.run != nil }) {
            var styles: [String] = []
            for curve in curves where !styles.contains("\(curve.style.rawValue) \(curve.name)") {
                styles.append("\(curve.style.rawValue) \(curve.name)")
            }
            entries.append(
                "<li class=\"quiet\">\(Markup.escaped(styles.joined(separator: ", ")))</li>"
            )
        }
        return "<ul class=\"legend\">\(entries.joined())</ul>"
    }

    /// The numbers of a curve that the chart has to have room for: of single steps all but the
    /// outermost, which lie on its edge.
    private static func deciding(_ curve: Curve) -> [Double] {
        let numbers = curve.points.map(\.number).filter(\.isFinite).sorted()
        guard curve.style == .faint else { return numbers }
        let outermost = numbers.count / 12
        return Array(numbers.dropFirst(outermost).dropLast(outermost))
    }

    private static func x(_ step: Double, _ scale: ChartScale) -> Double {
        left + scale.place(of: step) * (right - left)
    }

    private static func y(_ number: Double, _ scale: ChartScale) -> Double {
        bottom - min(max(scale.place(of: number), 0), 1) * (bottom - top)
    }

    private static func axes(_ steps: ChartScale, _ numbers: ChartScale) -> String {
        let rows = numbers.ticks.map { tick in
            let place = Markup.coordinate(y(tick, numbers))
            return
                "<path class=\"rule\" d=\"M\(Markup.coordinate(left)) \(place)H\(Markup.coordinate(right))\"/><text x=\"\(Markup.coordinate(left - 6))\" y=\"\(place)\" dy=\".35em\" text-anchor=\"end\">\(ChartScale.text(of: tick))</text>"
        }
        let columns = steps.ticks.map { tick in
            "<text x=\"\(Markup.coordinate(x(tick, steps)))\" y=\"\(Markup.coordinate(bottom + 16))\" text-anchor=\"middle\">\(ChartScale.text(of: tick))</text>"
        }
        let name =
            "<text x=\"\(Markup.coordinate((left + right) / 2))\" y=\"\(Markup.coordinate(bottom + 31))\" text-anchor=\"middle\">step</text>"
        return rows.joined() + columns.joined() + name
    }

    private static func path(
        of curve: Curve,
        _ steps: ChartScale,
        _ numbers: ChartScale
    ) -> String {
        var path = ""
        var dots = ""
        var isPen = false
        for (step, number) in curve.points {
            guard number.isFinite else {
                isPen = false
                continue
            }
            let place =
                "\(Markup.coordinate(x(step, steps))) \(Markup.coordinate(y(number, numbers)))"
            path += (isPen ? "L" : "M") + place
            isPen = true
            guard curve.style != .faint, curve.points.count <= 60 else { continue }
            let words = place.split(separator: " ")
            dots +=
                "<circle class=\"c\(curve.colour)\" cx=\"\(words[0])\" cy=\"\(words[1])\" r=\"2.6\"><title>\(Markup.escaped(curve.title)), step \(Int(step)): \(Markup.metric(number))</title></circle>"
        }
        return "<path class=\"\(curve.style.rawValue) c\(curve.colour)\" d=\"\(path)\"/>\(dots)"
    }

    /// As many points as can be told apart: the means of those that follow each other.
    private static func thinned(
        _ points: [(step: Double, number: Double)],
        to pointCountMax: Int
    ) -> [(step: Double, number: Double)] {
        guard points.count > pointCountMax else { return points }
        let perPart = (points.count + pointCountMax - 1) / pointCountMax
        return stride(from: 0, to: points.count, by: perPart).map { start in
            let part = points[start..<min(start + perPart, points.count)]
            let sum = part.reduce(0) { $0 + $1.number }
            return (part[part.endIndex - 1].step, sum / Double(part.count))
        }
    }
}
