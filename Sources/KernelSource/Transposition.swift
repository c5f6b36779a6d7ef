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

/// Turns what the second convolution gives out from windows of channels [16, 5, 5, 16] to channels
/// of windows [16, 16, 5, 5], the order of the fully connected layer's inputs.
package func channelsOfWindows(
    windows: UnsafePointer<Float>,
    channels: UnsafeMutablePointer<Float>
) {
    for sample in 0..<16 {
        var window = 0
        while window < 25 {
            // The last block overlaps the one before it.
            let first = min(window, 17)
            for half in 0..<2 {
                transposeEight(
                    windows + (sample &* 400 &+ first &* 16 &+ half &* 8),
                    from: 16,
                    channels + (sample &* 400 &+ half &* 200 &+ first),
                    to: 25
                )
            }
            window &+= 8
        }
    }
}

/// The way back: channels of windows [16, 16, 5, 5] → windows of channels [16, 5, 5, 16].
package func windowsOfChannels(
    channels: UnsafePointer<Float>,
    windows: UnsafeMutablePointer<Float>
) {
    for sample in 0..<16 {
        var window = 0
        while window < 25 {
            let first = min(window, 17)
            for half in 0..<2 {
                transposeEight(
                    channels + (sample &* 400 &+ half &* 200 &+ first),
                    from: 25,
                    windows + (sample &* 400 &+ first &* 16 &+ half &* 8),
                    to: 16
                )
            }
            window &+= 8
        }
    }
}

/// Transposes samples in rows to samples in lanes: rows [16, I] → lanes [I, 16], I a multiple of 8.
package func lanesOfRows(
    rows: UnsafePointer<Float>,
    lanes: UnsafeMutablePointer<Float>,
    count: Int
) {
    var column = 0
    while column < count {
        for half in 0..<2 {
            transposeEight(
                rows + (half &* 8 &* count &+ column),
                from: count,
                lanes + (column &* shardWidth &+ half &* 8),
                to: shardWidth
            )
        }
        column &+= 8
    }
}
