// Which outputs `Winograd` may make nothing of, and which inputs it may not have.

extension Winograd {
    /// Which outputs have an input that is not zero: input [14, 14, 8] → masks [10, 10], of all ones or
    /// zero; six integers behind them are overwritten.
    ///
    /// The others are the bias, exactly, as by the definition: what the points make of them depends on
    /// the rest of their tile, and would be zero but for rounding.
    ///
    /// - Returns: whether each magnitude is at most 10¹⁵: then no sum of products of two of them, nor
    ///   of what the points make of them, overflows.
    @inline(never)
    static func findMasks(_ input: Floats, _ masks: MutableIntegers) -> Bool {
        var greatest = IntegerLanes(repeating: 0)
        var columns: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        for y in 0..<14 {
            let row = nonzeroColumns(input + y &* pooledRowStride, &greatest)
            if y >= 4 {
                let rows = columns.0 | columns.1 | columns.2 | columns.3 | row
                let places = rows | rows &>> 1 | rows &>> 2 | rows &>> 3 | rows &>> 4
                write(places, masks + (y &- 4) &* 10)
            }
            columns = (columns.1, columns.2, columns.3, row)
        }
        return areModest(greatest)
    }

    /// Writes a mask for each of the ten lowest bits, and up to six behind them.
    @_transparent
    private static func write(_ bits: UInt32, _ masks: MutableIntegers) {
        var x = 0
        while x < 10 {
            let rest = IntegerLanes(
                repeating: Int32(bitPattern: bits) &>> Int32(truncatingIfNeeded: x)
            )
            store(0 &- (rest &>> laneNumbers & 1), masks + x)
            x &+= laneCount
        }
    }

    /// A bit for each of 14 positions, whether one of its six channels is not zero; takes in the
    /// greatest magnitude.
    @_transparent
    private static func nonzeroColumns(_ row: Floats, _ greatest: inout IntegerLanes) -> UInt32 {
        // A bit for each float, in two halves.
        var (low, high): (UInt64, UInt64) = (0, 0)
        var index = 0
        while index < 112 {
            let value = load(row + index)
            takeMagnitude(of: value, into: &greatest)
            let bits = UInt64(truncatingIfNeeded: nonzeroLanes(value))
            if index < 64 {
                low |= bits &<< UInt64(index)
            } else {
                high |= bits &<< UInt64(index - 64)
            }
            index &+= laneCount
        }
        return positions(low) | positions(high) &<< 8
    }

    /// A bit for each of eight positions of eight floats: whether one of the first six has its bit.
    @_transparent
    private static func positions(_ floats: UInt64) -> UInt32 {
        // Adding carries into a position's highest bit, and multiplying brings those bits together.
        let carried = (floats & 0x3F3F_3F3F_3F3F_3F3F) &+ 0x7F7F_7F7F_7F7F_7F7F
        let ones = carried &>> 7 & 0x0101_0101_0101_0101
        return UInt32(truncatingIfNeeded: (ones &* 0x0102_0408_1020_4080) &>> 56)
    }
}

/// Takes in magnitudes as integers, of which those of greater floats are greater, and infinity's and
/// NaN's the greatest.
@_transparent
private func takeMagnitude(of value: Lanes, into greatest: inout IntegerLanes) {
    let magnitude = unsafeBitCast(value, to: IntegerLanes.self) & 0x7FFF_FFFF
    greatest = greatest.replacing(with: magnitude, where: magnitude .> greatest)
}

/// Whether each of the greatest magnitudes is at most 10¹⁵.
@_transparent
private func areModest(_ greatest: IntegerLanes) -> Bool {
    let limit = Int32(bitPattern: Float(1e15).bitPattern)
    for lane in 0..<laneCount where greatest[lane] > limit { return false }
    return true
}

extension Winograd {
    /// Whether each magnitude is at most 10¹⁵, of a whole number of vectors.
    @_transparent
    static func areAllModest(_ values: Floats, count: Int) -> Bool {
        var greatest = IntegerLanes(repeating: 0)
        var index = 0
        while index < count {
            takeMagnitude(of: load(values + index), into: &greatest)
            index &+= laneCount
        }
        return areModest(greatest)
    }
}
