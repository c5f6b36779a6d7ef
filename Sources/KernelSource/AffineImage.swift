internal import CKernelLanes

/// Draws an image of 28×28 bytes anew through an affine map, with bilinear interpolation and black
/// all around: pixel (x, y) of the output is what lies at (a·x + b·y + tx, c·x + d·y + ty) of the
/// input.
///
/// The four neighbours of a point are the bytes of one word of a table, so that one load brings all
/// of them. Coordinates are fused multiply-adds, and the result is rounded half up: the same bits
/// at any vector width.
///
/// - `pixels`: the input, [28, 28] bytes.
/// - `map`: a, b, tx, c, d, ty.
/// - `scratch`: 4,928 bytes at a 64-byte boundary. The first 1,024, the image with its border, are
///   zero where nothing but this function has written.
/// - `output`: [28, 28] bytes, and 4 more that are overwritten.
package func affineImage(
    pixels: UnsafePointer<UInt8>,
    map: UnsafePointer<Float>,
    scratch: UnsafeMutableRawPointer,
    output: UnsafeMutablePointer<UInt8>
) {
    let table = scratch + 1_024
    gatherNeighbours(pixels, scratch, table)
    let words = UnsafePointer(table.assumingMemoryBound(to: Int32.self))
    let (a, c) = (broadcast(map[0]), broadcast(map[3]))
    var y = 0
    while y < 28 {
        let row = broadcast(Float(y))
        let startX = multiplyAdd(broadcast(map[1]), row, broadcast(map[2]))
        let startY = multiplyAdd(broadcast(map[4]), row, broadcast(map[5]))
        var x = 0
        while x < 28 {
            let column = floats(columns &+ IntegerLanes(repeating: Int32(truncatingIfNeeded: x)))
            let sourceX = multiplyAdd(a, column, startX)
            let sourceY = multiplyAdd(c, column, startY)
            storeBytes(interpolated(sourceX, sourceY, words), output + (y &* 28 &+ x))
            x &+= laneCount
        }
        y &+= 1
    }
}

/// Makes the table: word 32·v + u has the pixels (u − 1, v − 1), (u, v − 1), (u − 1, v) and (u, v),
/// the lowest byte first, for u and v from 0 to 29.
@_transparent
private func gatherNeighbours(
    _ pixels: UnsafePointer<UInt8>,
    _ bordered: UnsafeMutableRawPointer,
    _ table: UnsafeMutableRawPointer
) {
    // Two loads that overlap bring the 28 bytes of a row.
    for row in 0..<28 {
        let source = UnsafeRawPointer(pixels + row &* 28)
        let target = bordered + ((row &+ 1) &* 32 &+ 1)
        let first = source.loadUnaligned(as: SIMD16<UInt8>.self)
        let last = source.loadUnaligned(fromByteOffset: 12, as: SIMD16<UInt8>.self)
        target.storeBytes(of: first, as: SIMD16<UInt8>.self)
        target.storeBytes(of: last, toByteOffset: 12, as: SIMD16<UInt8>.self)
    }
    var place = 0
    while place < 30 &* 32 {
        let source = UnsafeRawPointer(bordered + place)
        let words = words_of_bytes(
            source.loadUnaligned(as: SIMD16<UInt8>.self),
            source.loadUnaligned(fromByteOffset: 1, as: SIMD16<UInt8>.self),
            source.loadUnaligned(fromByteOffset: 32, as: SIMD16<UInt8>.self),
            source.loadUnaligned(fromByteOffset: 33, as: SIMD16<UInt8>.self)
        )
        table.storeBytes(of: words, toByteOffset: place &* 4, as: SIMD16<Int32>.self)
        place &+= 16
    }
}

/// What lies at each lane's point, from 0 to 255, rounded.
@_transparent
private func interpolated(
    _ x: Lanes,
    _ y: Lanes,
    _ words: UnsafePointer<Int32>
) -> IntegerLanes {
    let (u, v) = (bordered(x), bordered(y))
    let (column, row) = (integers(u), integers(v))
    let (right, down) = (u - floats(column), v - floats(row))
    let word = gathered(words, row &<< 5 &+ column)
    let byte = IntegerLanes(repeating: 255)
    let upperLeft = floats(word & byte)
    let upperRight = floats((word &>> 8) & byte)
    let lowerLeft = floats((word &>> 16) & byte)
    let lowerRight = floats((word &>> 24) & byte)
    let upper = multiplyAdd(right, upperRight - upperLeft, upperLeft)
    let lower = multiplyAdd(right, lowerRight - lowerLeft, lowerLeft)
    return integers(multiplyAdd(down, lower - upper, upper) + broadcast(0.5))
}

/// A coordinate in the image with its border, where black begins at 0 and at 29.
@_transparent
private func bordered(_ coordinate: Lanes) -> Lanes {
    let (least, greatest) = (broadcast(0), broadcast(29))
    let value = coordinate + broadcast(1)
    let notLess = value.replacing(with: least, where: value .< least)
    return notLess.replacing(with: greatest, where: notLess .> greatest)
}

/// 0, 1, 2, and on: the number of each lane.
@_transparent
private var columns: IntegerLanes {
    #if KERNELS_AVX512
        lane_numbers_16()
    #elseif KERNELS_AVX2
        lane_numbers_8()
    #else
        lane_numbers_4()
    #endif
}

/// The integers below numbers that are not negative.
@_transparent
private func integers(_ value: Lanes) -> IntegerLanes {
    #if KERNELS_AVX512
        integers_16(value)
    #elseif KERNELS_AVX2
        integers_8(value)
    #else
        integers_4(value)
    #endif
}

/// The words of a table at each lane's index.
@_transparent
private func gathered(_ words: UnsafePointer<Int32>, _ index: IntegerLanes) -> IntegerLanes {
    #if KERNELS_AVX512
        gathered_16(words, index)
    #elseif KERNELS_AVX2
        gathered_8(words, index)
    #else
        gathered_4(words, index)
    #endif
}

/// Stores the lowest byte of each lane.
@_transparent
private func storeBytes(_ value: IntegerLanes, _ target: UnsafeMutablePointer<UInt8>) {
    #if KERNELS_AVX512
        store_bytes_16(target, value)
    #elseif KERNELS_AVX2
        store_bytes_8(target, value)
    #else
        store_bytes_4(target, value)
    #endif
}
