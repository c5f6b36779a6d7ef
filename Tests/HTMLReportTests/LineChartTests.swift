import Foundation
import Testing

@testable import HTMLReport

struct LineChartTests {
    @Test func `spaces losses by their ratios, and others evenly`() {
        let loss = ChartScale([0.01, 1, .nan], prefersLogarithm: true)
        #expect(loss.isLogarithmic)
        #expect(abs(loss.place(of: 0.1) - 0.5) < 1e-12)
        #expect(
            loss.ticks.map(ChartScale.text) == ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]
        )
        let even = ChartScale([0, 50_000])
        #expect(even.place(of: 25_000) == 0.5)
        #expect(even.ticks.map(ChartScale.text) == ["0", "10k", "20k", "30k", "40k", "50k"])
        let texts = [0, 5e14, 2e6, 12_000, 1e-7, -0.05].map(ChartScale.text)
        #expect(texts == ["0", "5e14", "2M", "12k", "1e-7", "-0.05"])
        #expect(!ChartScale([0, 1], prefersLogarithm: true).isLogarithmic)
    }

    @Test(arguments: [
        [], [0.5], [0, 0, 0], [-1, -1], [1e-30, 1e30], [.nan], [1e300, 1.1e300], [1e-300, 1e308],
        [-1.7e308, 1.7e308],
    ])
    func `has a few ticks whatever the numbers are`(numbers: [Double]) {
        for prefers in [false, true] {
            let scale = ChartScale(numbers, prefersLogarithm: prefers)
            #expect(scale.ticks.count < 14, "\(scale.ticks)")
            for number in numbers where number.isFinite && numbers.count < 3 {
                let place = scale.place(of: number)
                #expect(!(place < 0) && !(place > 1), "\(number) at \(place)")
            }
        }
    }

    private func chart(_ numbers: [Double], run: String? = nil) -> String {
        let points = numbers.enumerated().map { (Double($0), $1) }
        let curve = LineChart.Curve(
            run: run,
            name: "a<b",
            colour: 0,
            style: .plain,
            points: points
        )
        return LineChart(title: "T", unit: "u", curves: [curve]).html
    }

    @Test func `leaves a gap where a number is not finite, and says that there is none`() {
        let html = chart([1, 2, .nan, 3, .infinity])
        let path = html.components(separatedBy: " d=\"").map { $0.prefix { $0 != "\"" } }
        #expect(path.contains { $0.filter { $0 == "M" }.count == 2 && $0.contains("L") })
        #expect(!html.contains("nan") && !html.contains("inf"))
        #expect(html.contains("a&lt;b") && !html.contains("a<b"))
        #expect(chart([.nan]).contains("nothing yet"))
        #expect(chart([]).contains("nothing yet"))
    }

    @Test func `draws no more points than can be told apart`() {
        let html = chart((0..<100_000).map(Double.init))
        #expect(html.utf8.count < 20_000)
        #expect(!html.contains("<circle"))
    }

    @Test func `names the runs of curves once`() {
        let html = chart([1, 2], run: "r & s")
        #expect(html.contains("r &amp; s</li>"))
        #expect(html.contains("plain a&lt;b</li>"))
    }
}
