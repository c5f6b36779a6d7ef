/// Pixels of ink that touch each other, also by their corners.
struct InkRegion: Equatable {
    /// Places in the rows of the map.
    private(set) var pixels: [Int] = []
    private(set) var left, top, right, bottom: Int
    /// How many of the map's outermost pixels are among them.
    private(set) var borderCount = 0

    /// Columns that it spans.
    var width: Int { right - left + 1 }
    /// Rows that it spans.
    var height: Int { bottom - top + 1 }
    /// The longer of the two.
    var extent: Int { max(width, height) }
    var area: Int { pixels.count }

    /// How many empty columns are between two regions; none where they overlap.
    func columnGap(to other: InkRegion) -> Int {
        max(0, max(left, other.left) - min(right, other.right) - 1)
    }

    /// How many empty rows are between two regions; none where they overlap.
    func rowGap(to other: InkRegion) -> Int {
        max(0, max(top, other.top) - min(bottom, other.bottom) - 1)
    }

    /// Whether this one's rectangle holds the other's.
    func encloses(_ other: InkRegion) -> Bool {
        left < other.left && top < other.top && right > other.right && bottom > other.bottom
    }

    /// The regions of a mask, the largest first.
    static func all(in mask: InkMask) -> [InkRegion] {
        let (width, height) = (mask.width, mask.height)
        var isOpen = mask.isInk
        var regions: [InkRegion] = []
        var pending: [Int] = []
        for start in isOpen.indices where isOpen[start] {
            isOpen[start] = false
            pending.append(start)
            var region = InkRegion(at: start, width: width)
            while let place = pending.popLast() {
                let (x, y) = (place % width, place / width)
                region.add(place, x: x, y: y)
                if x == 0 || y == 0 || x == width - 1 || y == height - 1 { region.borderCount += 1 }
                for ny in max(0, y - 1)...min(height - 1, y + 1) {
                    for nx in max(0, x - 1)...min(width - 1, x + 1) where isOpen[ny * width + nx] {
                        isOpen[ny * width + nx] = false
                        pending.append(ny * width + nx)
                    }
                }
            }
            regions.append(region)
        }
        return regions.sorted { ($0.area, $1.pixels[0]) > ($1.area, $0.pixels[0]) }
    }

    private init(at place: Int, width: Int) {
        (left, right) = (place % width, place % width)
        (top, bottom) = (place / width, place / width)
    }

    private mutating func add(_ place: Int, x: Int, y: Int) {
        pixels.append(place)
        left = min(left, x)
        right = max(right, x)
        top = min(top, y)
        bottom = max(bottom, y)
    }
}

/// Which pixels of a map are ink.
struct InkMask: Equatable {
    let width, height: Int
    /// [height, width].
    var isInk: [Bool]

    /// Ink that is within `reach` rows and columns of ink: along the rows, then along the columns.
    func grown(by reach: Int) -> InkMask {
        let between = Self.grown(isInk, count: height, length: width, reach) { $0 * width + $1 }
        let both = Self.grown(between, count: width, length: height, reach) { $1 * width + $0 }
        return InkMask(width: width, height: height, isInk: both)
    }

    private static func grown(
        _ values: [Bool],
        count: Int,
        length: Int,
        _ reach: Int,
        place: (Int, Int) -> Int
    ) -> [Bool] {
        var result = values
        for line in 0..<count {
            var inkCount = 0
            for position in 0..<min(reach, length) where values[place(line, position)] {
                inkCount += 1
            }
            for position in 0..<length {
                if position + reach < length, values[place(line, position + reach)] {
                    inkCount += 1
                }
                if position > reach, values[place(line, position - reach - 1)] { inkCount -= 1 }
                result[place(line, position)] = inkCount > 0
            }
        }
        return result
    }
}
