// Functions of our own, for those of one C library may differ from the next's.

/// cos(π·x) for x from 0 to 1, of multiplications and additions in one order: a C library's
/// `cos` may differ from the next.
///
/// The Taylor series on [0, π/4], with |error| below 1e-16 there, and its mirror images.
func cosine(halfTurns x: Double) -> Double {
    if x > 0.5 { return -cosine(halfTurns: 1 - x) }
    let isNearOne = x <= 0.25
    let angle = (isNearOne ? x : 0.5 - x) * .pi
    let square = angle * angle
    var sum = 1.0
    // Of the cosine 1/(1·2), 1/(3·4) …; of the sine 1/(2·3), 1/(4·5) …
    let shift = isNearOne ? 0.0 : 1.0
    for index in stride(from: 8.0, through: 1, by: -1) {
        let last = 2 * index + shift
        sum = 1 - sum * square / (last * (last - 1))
    }
    return isNearOne ? sum : sum * angle
}

/// value^exponent by repeated squaring: multiplications in one order, where a C library's `pow` may
/// differ from the next.
func power(_ value: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, value, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
