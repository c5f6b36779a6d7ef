/// How strongly each pixel of a picture is inked, the light on its page divided out.
///
/// Ink is what is darker than the page around it, or lighter where the picture is a negative. The
/// page is estimated from the picture itself: small cells, closed (the greatest, then the least of
/// a neighbourhood, Serra 1982), so that strokes narrower than the neighbourhood vanish and shadows
/// stay.
struct InkMap {
    /// The most rows and columns; larger pictures are reduced, which also takes their noise away.
    static let sideMax = 512

    let width, height: Int
    /// [height, width], 0 for the page to 1 for black on it.
    private(set) var strength: [Float]
    /// [height, width], how many levels of 255 a pixel is from the page.
    private(set) var difference: [Float]

    /// Cells of the page's estimate along the longer side.
    private static let cellCountMax = 64
    /// The neighbourhood's reach, as a share of the longer side: no stroke is twice as wide.
    private static let reachShare = 6
    /// A page is never taken for darker than this, which would make much of noise.
    private static let pageMin: Float = 32

    /// Finds the ink of a picture.
    init(_ picture: GrayPicture) {
        let longer = max(picture.width, picture.height)
        var levels = LevelGrid(picture, reducedBy: (longer + Self.sideMax - 1) / Self.sideMax)
        if levels.hasLightInk { levels = levels.inverted }
        (width, height) = (levels.width, levels.height)
        let cellSide = (max(width, height) + Self.cellCountMax - 1) / Self.cellCountMax
        let cells = levels.reduced(by: cellSide)
        let reach = max(1, max(cells.width, cells.height) / Self.reachShare)
        let page = cells.closed(reach: reach)
        strength = []
        difference = []
        strength.reserveCapacity(width * height)
        difference.reserveCapacity(width * height)
        for y in 0..<height {
            for x in 0..<width {
                let ground = page.interpolated(
                    x: (Float(x) + 0.5) / Float(cellSide) - 0.5,
                    y: (Float(y) + 0.5) / Float(cellSide) - 0.5
                )
                let distance = max(0, ground - levels.values[y * width + x])
                difference.append(distance)
                strength.append(min(1, distance / max(ground, Self.pageMin)))
            }
        }
    }
}

/// Levels of brightness in rows.
private struct LevelGrid {
    let width, height: Int
    let values: [Float]

    /// The means of a picture's squares of `factor` by `factor` pixels.
    init(_ picture: GrayPicture, reducedBy factor: Int) {
        let pixels = picture.pixels
        self = Self.means(picture.width, picture.height, by: factor) { Float(pixels[$0]) }
    }

    private init(width: Int, height: Int, values: [Float]) {
        self.width = width
        self.height = height
        self.values = values
    }

    var inverted: LevelGrid {
        LevelGrid(width: width, height: height, values: values.map { 255 - $0 })
    }

    /// The means of squares of `factor` by `factor`, those at the right and the bottom cut off.
    func reduced(by factor: Int) -> LevelGrid {
        guard factor > 1 else { return self }
        return Self.means(width, height, by: factor) { values[$0] }
    }

    private static func means(
        _ width: Int,
        _ height: Int,
        by factor: Int,
        _ value: (Int) -> Float
    ) -> LevelGrid {
        let columns = (width + factor - 1) / factor
        let rows = (height + factor - 1) / factor
        var means: [Float] = []
        means.reserveCapacity(columns * rows)
        for row in 0..<rows {
            let ys = row * factor..<min(height, (row + 1) * factor)
            for column in 0..<columns {
                let xs = column * factor..<min(width, (column + 1) * factor)
                var sum: Float = 0
                for y in ys {
                    for x in xs { sum += value(y * width + x) }
                }
                means.append(sum / Float(ys.count * xs.count))
            }
        }
        return LevelGrid(width: columns, height: rows, values: means)
    }

    /// Whether what stands out from its surroundings is lighter than they are.
    ///
    /// Ink covers the lesser part of a page, so the deviations from the mean around are skewed
    /// towards it.
    var hasLightInk: Bool {
        let grid = reduced(by: (max(width, height) + 127) / 128)
        let reach = max(1, max(grid.width, grid.height) / 3)
        let means = grid.filtered(reach: reach) { row, range in
            var sum: Float = 0
            for index in range { sum += row(index) }
            return sum / Float(range.count)
        }
        var skew: Float = 0
        for (value, mean) in zip(grid.values, means.values) {
            skew += (value - mean) * (value - mean) * (value - mean)
        }
        return skew > 0
    }

    /// The least of the greatest around each cell, and the mean of those beside it.
    func closed(reach: Int) -> LevelGrid {
        filtered(reach: reach) { row, range in
            range.reduce(-Float.infinity) { max($0, row($1)) }
        }
        .filtered(reach: reach) { row, range in
            range.reduce(Float.infinity) { min($0, row($1)) }
        }
        .filtered(reach: 1) { row, range in
            range.reduce(Float(0)) { $0 + row($1) } / Float(range.count)
        }
    }

    /// Applies `body` along rows, then along columns, to what is within reach of each place.
    private func filtered(
        reach: Int,
        _ body: (_ value: (Int) -> Float, _ range: Range<Int>) -> Float
    ) -> LevelGrid {
        var between = values
        for y in 0..<height {
            for x in 0..<width {
                between[y * width + x] = body(
                    { values[y * width + $0] },
                    max(0, x - reach)..<min(width, x + reach + 1)
                )
            }
        }
        var result = between
        for y in 0..<height {
            for x in 0..<width {
                result[y * width + x] = body(
                    { between[$0 * width + x] },
                    max(0, y - reach)..<min(height, y + reach + 1)
                )
            }
        }
        return LevelGrid(width: width, height: height, values: result)
    }

    /// The value between cells, whose centres are at whole numbers.
    func interpolated(x: Float, y: Float) -> Float {
        let (x, y) = (min(max(x, 0), Float(width - 1)), min(max(y, 0), Float(height - 1)))
        let (left, top) = (Int(x), Int(y))
        let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (across, down) = (x - Float(left), y - Float(top))
        let upper = values[top * width + left] * (1 - across) + values[top * width + right] * across
        let lower =
            values[bottom * width + left] * (1 - across) + values[bottom * width + right] * across
        return upper * (1 - down) + lower * down
    }
}
