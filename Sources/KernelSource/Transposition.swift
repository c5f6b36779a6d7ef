internal import CKernelLanes

/// Transposes samples in lanes to samples in rows: lanes [I, 16] → rows [16, I].
///
/// - Precondition: `count`, I, is at least 16. The last block overlaps the one before it.
///   `scratch` is [32, 16] at a 64-byte boundary.
package func transpose(
    lanes: UnsafePointer<Float>,
    rows: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>,
    count: Int
) {
    let first = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: SIMD16<Float>.self)
    let second = first + 16
    var column = 0
    while column < count {
        let i = min(column, count &- 16)
        let block = UnsafeRawPointer(lanes + i &* shardWidth)
        for row in 0..<16 {
            first[row] = block.loadUnaligned(fromByteOffset: row &* 64, as: SIMD16<Float>.self)
        }
        unshuffle(first, second)
        unshuffle(second, first)
        unshuffle(first, second)
        unshuffle(second, first)
        for row in 0..<16 {
            UnsafeMutableRawPointer(rows + (row &* count &+ i)).storeBytes(
                of: first[row],
                as: SIMD16<Float>.self
            )
        }
        column &+= 16
    }
}

/// One of the four rounds that transpose 16×16: the elements in memory order, those of even index
/// first.
///
/// Each round rotates the eight index bits (row, column) right by one; four of them exchange row
/// and column.
@_transparent
private func unshuffle(
    _ source: UnsafePointer<SIMD16<Float>>,
    _ target: UnsafeMutablePointer<SIMD16<Float>>
) {
    for row in 0..<8 {
        let (a, b) = (source[2 &* row], source[2 &* row &+ 1])
        target[row] = even_lanes(a, b)
        target[row &+ 8] = odd_lanes(a, b)
    }
}
