import Foundation
import Reporting

/// Where numbers lie along an axis.
struct ChartScale {
    /// The least and the greatest number that is shown.
    let bounds: ClosedRange<Double>
    /// Whether equal ratios are equally far apart.
    let isLogarithmic: Bool

    /// Spans finite numbers, a little more where they are all one.
    ///
    /// - Parameter prefersLogarithm: whether ratios matter, as they do in losses; only where every
    ///   number is positive.
    init(_ numbers: [Double], prefersLogarithm: Bool = false) {
        let finite = numbers.filter(\.isFinite)
        let (least, greatest) = (finite.min() ?? 0, finite.max() ?? 1)
        isLogarithmic = prefersLogarithm && least > 0 && greatest / least > 4
        if least == greatest {
            let margin = max(abs(least) * 0.1, 1e-9)
            bounds = least - margin...greatest + margin
        } else {
            bounds = least...greatest
        }
    }

    /// The place of a number, from 0 to 1 within the bounds.
    func place(of number: Double) -> Double {
        if isLogarithmic, number <= 0 { return 0 }
        let (low, high) = (bounds.lowerBound, bounds.upperBound)
        if isLogarithmic { return log10(number / low) / log10(high / low) }
        return (number - low) / (high - low)
    }

    /// A few round numbers within the bounds.
    var ticks: [Double] { isLogarithmic ? decades : even }

    private var even: [Double] {
        let span = bounds.upperBound - bounds.lowerBound
        var step = pow(10, (log10(span / 4)).rounded(.down))
        if span / step > 10 { step *= 5 } else if span / step > 5 { step *= 2 }
        let first = (bounds.lowerBound / step).rounded(.up)
        return (0...12).map { (first + Double($0)) * step }
            .filter { $0 <= bounds.upperBound + step * 1e-9 }
    }

    private var decades: [Double] {
        let first = log10(bounds.lowerBound).rounded(.down)
        let last = log10(bounds.upperBound).rounded(.up)
        let all = stride(from: first, through: last, by: 1).flatMap { exponent in
            [1.0, 2, 5].map { $0 * pow(10, exponent) }
        }.filter(bounds.contains)
        guard all.count > 8 else { return all }
        let powers = all.filter { Self.isPower($0) }
        let spacing = (powers.count + 7) / 8
        return powers.enumerated().filter { $0.offset.isMultiple(of: max(1, spacing)) }
            .map(\.element)
    }

    /// A number of an axis in few characters: 20k, 0.05, 1e-7, 5e14.
    static func text(of number: Double) -> String {
        if number == 0 { return "0" }
        if number.magnitude >= 1e9 || number.magnitude < 1e-4 {
            let exponent = log10(number.magnitude).rounded(.down)
            return exponent.isFinite
                ? "\(trimmed(number / pow(10, exponent)))e\(Int(exponent))" : ""
        }
        if number.magnitude >= 1e6 { return "\(trimmed(number / 1e6))M" }
        if number.magnitude >= 1e4 { return "\(trimmed(number / 1e3))k" }
        return trimmed(number)
    }

    private static func trimmed(_ number: Double) -> String {
        var text = DecimalText.fixed(number, places: 4)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private static func isPower(_ number: Double) -> Bool {
        abs(log10(number) - log10(number).rounded()) < 1e-9
    }
}
