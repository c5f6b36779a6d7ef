/// Writes the maximum of the four outputs under a pooling window, or zero if that is greater, and
/// which of the four was the first maximum.
///
/// Where one of the four is NaN the maximum is NaN; which of them counts as the first is left to the
/// comparisons, all of which fail for NaN.
@_transparent
func poolWindow(
    _ topLeft: Lanes,
    _ topRight: Lanes,
    _ bottomLeft: Lanes,
    _ bottomRight: Lanes,
    _ output: MutableFloats,
    _ winner: MutableIntegers
) {
    var greatest = topLeft
    var index = IntegerLanes(repeating: 0)
    contest(&greatest, &index, topRight, 1)
    contest(&greatest, &index, bottomLeft, 2)
    contest(&greatest, &index, bottomRight, 3)
    let positive = Lanes(repeating: 0).replacing(
        with: greatest,
        where: greatest .> Lanes(repeating: 0)
    )
    let isNumber =
        (topLeft .== topLeft) .& (topRight .== topRight)
        .& (bottomLeft .== bottomLeft) .& (bottomRight .== bottomRight)
    store(broadcast(.nan).replacing(with: positive, where: isNumber), output)
    store(index, winner)
}

@_transparent
private func contest(
    _ greatest: inout Lanes,
    _ index: inout IntegerLanes,
    _ candidate: Lanes,
    _ number: Int32
) {
    let isGreater = candidate .> greatest
    greatest.replace(with: candidate, where: isGreater)
    index.replace(with: IntegerLanes(repeating: number), where: isGreater)
}
