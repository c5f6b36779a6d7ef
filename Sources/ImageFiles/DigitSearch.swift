/// Finds the ink of one digit among all that a picture shows.
struct DigitSearch {
    /// Why there is no digit to be read.
    enum Failure: Error {
        /// Nothing stands out from the page.
        case blank
        /// Two digits, or more, stand beside each other.
        case several
    }

    /// What is wholly page, and what is wholly ink, in the map's strengths.
    private(set) var pageStrength: Float = 0
    private(set) var inkStrength: Float = 1
    /// The digit's ink.
    private(set) var digit: InkMask

    /// Fewer levels than this between page and ink are noise.
    private static let contrastMin: Float = 24
    /// How often what frames the page is taken away and the rest looked at anew.
    private static let roundCount = 3

    /// Searches a map.
    init(_ map: InkMap) throws(Failure) {
        digit = InkMask(
            width: map.width,
            height: map.height,
            isInk: [Bool](repeating: false, count: map.strength.count)
        )
        var isLeft = [Bool](repeating: true, count: map.strength.count)
        var regions: [InkRegion] = []
        for _ in 0..<Self.roundCount {
            try part(map, where: isLeft)
            let middle = (pageStrength + inkStrength) / 2
            digit.isInk = zip(map.strength, isLeft).map { $0 > middle && $1 }
            let unruled = digit.withoutLines
            if unruled.isInk.contains(true) { digit = unruled }
            regions = InkRegion.all(in: digit)
            let frames = Self.framing(regions, in: digit)
            guard !frames.isEmpty else { break }
            var frame = digit
            frame.isInk = [Bool](repeating: false, count: isLeft.count)
            for place in frames.flatMap(\.pixels) { frame.isInk[place] = true }
            for (place, isFramed) in frame.grown(by: 3).isInk.enumerated() where isFramed {
                isLeft[place] = false
            }
            regions.removeAll { frames.contains($0) }
        }
        let parts = try Self.digit(among: regions)
        digit.isInk = [Bool](repeating: false, count: isLeft.count)
        for place in parts.flatMap(\.pixels) { digit.isInk[place] = true }
    }

    /// Parts strengths into page and ink by Otsu's threshold ("A threshold selection method from
    /// gray-level histograms", 1979).
    private mutating func part(_ map: InkMap, where isLeft: [Bool]) throws(Failure) {
        var counts = [Double](repeating: 0, count: 256)
        var differences = [Double](repeating: 0, count: 256)
        for place in isLeft.indices where isLeft[place] {
            let level = Int(map.strength[place] * 255)
            counts[level] += 1
            differences[level] += Double(map.difference[place])
        }
        let total = counts.reduce(0, +)
        let sum = counts.indices.reduce(0) { $0 + Double($1) * counts[$1] }
        let differenceSum = differences.reduce(0, +)
        var (pageCount, pageSum, pageDifference) = (0.0, 0.0, 0.0)
        var greatest = -1.0
        var contrast = 0.0
        for level in 0..<255 {
            pageCount += counts[level]
            pageSum += Double(level) * counts[level]
            pageDifference += differences[level]
            let inkCount = total - pageCount
            guard pageCount > 0, inkCount > 0 else { continue }
            let (page, ink) = (pageSum / pageCount, (sum - pageSum) / inkCount)
            let variance = pageCount * inkCount * (ink - page) * (ink - page)
            guard variance > greatest else { continue }
            greatest = variance
            pageStrength = Float(page / 255)
            inkStrength = Float(ink / 255)
            contrast = (differenceSum - pageDifference) / inkCount - pageDifference / pageCount
        }
        guard contrast >= Double(Self.contrastMin) else { throw .blank }
    }

    /// Frames and edges: what lies along the picture's border, and what merely touches it where
    /// something else is large enough to be the digit.
    private static func framing(_ regions: [InkRegion], in mask: InkMask) -> [InkRegion] {
        let longer = max(mask.width, mask.height)
        let borderCount = 2 * (mask.width + mask.height)
        let hasOther = regions.contains { $0.borderCount == 0 && 8 * $0.extent >= longer }
        return regions.filter { region in
            if region.borderCount > 0 { return hasOther || 2 * region.borderCount > borderCount }
            // A box drawn around the digit.
            return 10 * region.width > 6 * mask.width && 10 * region.height > 6 * mask.height
                && 5 * region.area < region.width * region.height
                && regions.contains { region.encloses($0) && 4 * $0.extent >= region.extent }
        }
    }

    /// The largest region with what belongs to it; specks are left out.
    private static func digit(among regions: [InkRegion]) throws(Failure) -> [InkRegion] {
        guard let main = regions.first else { throw .blank }
        var parts = [main]
        for region in regions.dropFirst() where 16 * region.area >= main.area {
            let columns = region.columnGap(to: main)
            let rows = region.rowGap(to: main)
            let isTall = 2 * region.height > main.height
            if columns > 0, isTall || rows > 0 && 2 * region.extent > main.extent {
                throw .several
            }
            if 4 * rows > main.extent, 2 * region.extent > main.extent { throw .several }
            if 8 * max(columns, rows) <= main.extent { parts.append(region) }
        }
        return parts
    }
}
