internal import CKernelLanes

/// Transposes samples in lanes to samples in rows: lanes [I, 16] → rows [16, I], `stride` floats
/// apart.
///
/// - Precondition: `count`, I, is at least 16. The last block overlaps the one before it.
package func transpose(
    lanes: UnsafePointer<Float>,
    rows: UnsafeMutablePointer<Float>,
    stride: Int,
    count: Int
) {
    #if KERNELS_AVX512
        var column = 0
        while column < count {
            let i = min(column, count &- 16)
            transpose_16x16(lanes + i &* shardWidth, shardWidth, rows + i, stride)
            column &+= 16
        }
    #else
        var column = 0
        while column < count {
            let i = min(column, count &- 8)
            for half in 0..<2 {
                transposeEight(
                    lanes + (i &* shardWidth &+ half &* 8),
                    from: shardWidth,
                    rows + (half &* 8 &* stride &+ i),
                    to: stride
                )
            }
            column &+= 8
        }
    #endif
}

/// Floats of an image as `rowsOfImages` writes it: a cache line more than its rows take, since pixels
/// of the same place would otherwise compete for the same few lines of the cache.
@_transparent var imageSize: Int { 32 &* imageRowStride &+ 16 }

/// Floats of a row of an image: three cache lines, of the pixels from 0, from 8 and from 16.
@_transparent var imageRowStride: Int { 48 }

/// Where the row of a window's patch begins that begins at pixel 2x, x below 14, of its image's row.
///
/// Of the eight pixels from there on, and from the next one on, most are in one cache line.
@_transparent
func imagePlace(window x: Int) -> Int { 2 &* x &+ 8 &* min(x / 4, 2) }

/// Turns samples in lanes to images of samples: input [32, 32, 16] → images [16, 1,552].
///
/// Each row [32] of an image becomes [3, 16]: pixels 0 to 15, 8 to 23, and 16 to 31. Behind an image
/// 16 floats are left as they are.
package func rowsOfImages(input: UnsafePointer<Float>, images: UnsafeMutablePointer<Float>) {
    for y in 0..<32 {
        for part in 0..<3 {
            let source = input + (y &* 32 &+ part &* 8) &* shardWidth
            let target = images + (y &* imageRowStride &+ part &* 16)
            #if KERNELS_AVX512
                transpose_16x16(source, shardWidth, target, imageSize)
            #else
                for quarter in 0..<4 {
                    let (row, half) = (quarter % 2 &* 8, quarter / 2 &* 8)
                    transposeEight(
                        source + (row &* shardWidth &+ half),
                        from: shardWidth,
                        target + (half &* imageSize &+ row),
                        to: imageSize
                    )
                }
            #endif
        }
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
