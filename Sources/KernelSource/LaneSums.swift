internal import CKernelLanes

/// Sums the lanes of `vectorCount` vectors: partials [N, 16] → sums [N].
///
/// One fixed tree: neighbours are added, then neighbouring sums, in four rounds. Sixteen vectors go
/// at once, so that each round fills whole vectors.
@_transparent
func laneSums(_ partials: Floats, vectorCount: Int, _ sums: MutableFloats) {
    var index = 0
    while index &+ 16 <= vectorCount {
        let total = sixteenLaneSums(partials + index &* shardWidth, count: 16)
        UnsafeMutableRawPointer(sums + index).storeBytes(of: total, as: SIMD16<Float>.self)
        index &+= 16
    }
    guard index < vectorCount else { return }
    let count = vectorCount &- index
    let total = sixteenLaneSums(partials + index &* shardWidth, count: count)
    for lane in 0..<count { sums[index &+ lane] = total[lane] }
}

@_transparent
private func sixteenLaneSums(_ partials: Floats, count: Int) -> SIMD16<Float> {
    let a = eightSums(partials, 0, count)
    let b = eightSums(partials, 8, count)
    return pairSums(a, b)
}

@_transparent
private func eightSums(_ partials: Floats, _ first: Int, _ count: Int) -> SIMD16<Float> {
    let a = pairSums(row(partials, first, count), row(partials, first + 1, count))
    let b = pairSums(row(partials, first + 2, count), row(partials, first + 3, count))
    let c = pairSums(row(partials, first + 4, count), row(partials, first + 5, count))
    let d = pairSums(row(partials, first + 6, count), row(partials, first + 7, count))
    return pairSums(pairSums(a, b), pairSums(c, d))
}

@_transparent
private func row(_ partials: Floats, _ index: Int, _ count: Int) -> SIMD16<Float> {
    index < count
        ? UnsafeRawPointer(partials + index * shardWidth).loadUnaligned(as: SIMD16<Float>.self)
        : SIMD16<Float>(repeating: 0)
}

/// The sums of neighbouring lanes, those of `left` in the lower half.
@_transparent
private func pairSums(_ left: SIMD16<Float>, _ right: SIMD16<Float>) -> SIMD16<Float> {
    even_lanes(left, right) + odd_lanes(left, right)
}
