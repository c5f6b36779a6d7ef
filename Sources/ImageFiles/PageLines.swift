/// Ruled lines of a page, which cross it from edge to edge and often the digit too.
extension InkMask {
    /// A line spans at least this share of its row or column.
    private static let spanMin = 0.6
    /// The thickest line is the page's size divided by this.
    private static let thicknessShare = 25
    /// Breaks within a line that are passed over, in pixels.
    private static let gapMax = 4

    /// The mask without level and upright lines; where one crosses ink, that stays.
    var withoutLines: InkMask {
        var mask = self
        for band in bands(lineCount: height, length: width, place: { $0 * width + $1 }) {
            mask.remove(band, from: self, lineCount: height, length: width) { $0 * width + $1 }
        }
        for band in bands(lineCount: width, length: height, place: { $1 * width + $0 }) {
            mask.remove(band, from: self, lineCount: width, length: height) { $1 * width + $0 }
        }
        return mask
    }

    /// The ranges of neighbouring rows, or columns, that are mostly one run of ink to an edge.
    private func bands(lineCount: Int, length: Int, place: (Int, Int) -> Int) -> [Range<Int>] {
        var bands: [Range<Int>] = []
        for line in 0..<lineCount where hasLongRun(length: length, at: { place(line, $0) }) {
            if let last = bands.last, last.upperBound == line {
                bands[bands.count - 1] = last.lowerBound..<line + 1
            } else {
                bands.append(line..<line + 1)
            }
        }
        return bands.filter { $0.count * Self.thicknessShare <= lineCount }
    }

    private func hasLongRun(length: Int, at place: (Int) -> Int) -> Bool {
        var (start, last) = (-1, -1)
        for position in 0..<length where isInk[place(position)] {
            if last < 0 || position - last > Self.gapMax { start = position }
            last = position
            let reachesEdge = start <= Self.gapMax || last >= length - 1 - Self.gapMax
            if reachesEdge, Double(last - start + 1) >= Self.spanMin * Double(length) {
                return true
            }
        }
        return false
    }

    /// Clears a band, and the line beside it that is its edge, but for where ink crosses it.
    private mutating func remove(
        _ band: Range<Int>,
        from whole: InkMask,
        lineCount: Int,
        length: Int,
        place: (Int, Int) -> Int
    ) {
        let first = max(0, band.lowerBound - 1)
        let end = min(lineCount, band.upperBound + 1)
        for position in 0..<length {
            let isCrossed =
                first > 0 && end < lineCount && whole.isInk[place(first - 1, position)]
                && whole.isInk[place(end, position)]
            guard !isCrossed else { continue }
            for line in first..<end { isInk[place(line, position)] = false }
        }
    }
}
