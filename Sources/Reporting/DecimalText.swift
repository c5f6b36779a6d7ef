/// Writes numbers the same under every locale.
package enum DecimalText {
    /// Writes `value` with `places` decimals, as C's `%.{places}f` would: 0.27914 → 0.2791.
    ///
    /// Values of 1e15 and more, which a `Double` no longer holds to the decimal, come in Swift's
    /// own form; infinity and not-a-number as `inf` and `nan`.
    package static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15, places < 4 || value.magnitude < 1e12 else {
            return value.isNaN ? "nan" : "\(value)"
        }
        var scale: UInt64 = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = rounded(value.magnitude, times: Double(scale))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let whole = "\(sign)\(scaled / scale)"
        guard places > 0 else { return whole }
        let decimals = "\(scaled % scale)"
        return "\(whole).\(String(repeating: "0", count: places - decimals.count))\(decimals)"
    }

    /// Rounds the exact product to the nearest whole number, of two equally near to the even one.
    ///
    /// `product` alone is rounded already and can come to lie on a half that the exact one misses
    /// by `rest`.
    private static func rounded(_ value: Double, times scale: Double) -> UInt64 {
        let product = value * scale
        let rest = (-product).addingProduct(value, scale)
        let whole = product.rounded(.down)
        let beyondHalf = product - whole - 0.5 + rest
        let isUp = beyondHalf > 0 || (beyondHalf == 0 && !UInt64(whole).isMultiple(of: 2))
        return UInt64(whole) + (isUp ? 1 : 0)
    }

    /// Writes a loss or an accuracy as Keras does: four decimals, or `6.1000e-04` up to 0.001.
    package static func metric(_ value: Double) -> String {
        guard value.magnitude <= 1e-3, value != 0, value.isFinite else {
            return fixed(value, places: 4)
        }
        var mantissa = value
        var exponent = 0
        while mantissa.magnitude < 0.99999_5 {
            mantissa *= 10
            exponent += 1
        }
        return "\(fixed(mantissa, places: 4))e-\(exponent < 10 ? "0" : "")\(exponent)"
    }

    /// Writes a whole number in groups of three: 61706 → 61,706.
    package static func grouped(_ value: Int) -> String {
        var text = ""
        for (index, digit) in "\(value.magnitude)".reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }
}
