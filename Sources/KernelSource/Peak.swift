/// Runs 24 independent multiply-adds a round, on registers only: what the CPU can do at best.
///
/// Returns a value that depends on all of them, so that none can be left out.
package func multiplyAddRounds(count: Int, seed: Float) -> Float {
    let factor = broadcast(seed)
    var sums = PeakSums(factor)
    // Twice the chains where there are registers for them: the units then never wait for one.
    var others = PeakSums(factor + 12)
    for _ in 0..<count {
        sums.multiply(factor)
        if hasManyRegisters { others.multiply(factor) } else { sums.multiply(factor) }
    }
    return sums.total + others.total
}

/// Twelve chains: enough to hide the latency of two units, and few enough for sixteen registers.
private struct PeakSums {
    var s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11: Lanes

    @_transparent
    init(_ value: Lanes) {
        (s0, s1, s2, s3, s4, s5) = (value, value + 1, value + 2, value + 3, value + 4, value + 5)
        (s6, s7, s8, s9) = (value + 6, value + 7, value + 8, value + 9)
        (s10, s11) = (value + 10, value + 11)
    }

    @_transparent
    mutating func multiply(_ factor: Lanes) {
        s0 = multiplyAdd(s0, factor, factor)
        s1 = multiplyAdd(s1, factor, factor)
        s2 = multiplyAdd(s2, factor, factor)
        s3 = multiplyAdd(s3, factor, factor)
        s4 = multiplyAdd(s4, factor, factor)
        s5 = multiplyAdd(s5, factor, factor)
        s6 = multiplyAdd(s6, factor, factor)
        s7 = multiplyAdd(s7, factor, factor)
        s8 = multiplyAdd(s8, factor, factor)
        s9 = multiplyAdd(s9, factor, factor)
        s10 = multiplyAdd(s10, factor, factor)
        s11 = multiplyAdd(s11, factor, factor)
    }

    @_transparent
    var total: Float {
        let first = s0 + s1 + s2 + s3 + s4 + s5
        let all = first + s6 + s7 + s8 + s9 + s10 + s11
        var sum: Float = 0
        for lane in 0..<laneCount { sum += all[lane] }
        return sum
    }
}

/// How many lanes a vector of this variant has.
package var vectorLaneCount: Int { laneCount }
