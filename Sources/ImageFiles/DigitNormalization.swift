extension DigitImage {
    /// Brings a drawing, scan or photo of one digit to MNIST's form.
    ///
    /// 1. The page is estimated around each pixel and divided out, so that shadows and gray paper
    ///    do not matter; see `InkMap`. The digit may be darker than the page, or lighter.
    /// 2. Ruled lines, frames, edges and specks are left out; see `DigitSearch`.
    /// 3. Contrast is stretched so that what lies within a quarter of the way from the page's mean
    ///    to the digit's becomes 0 and what lies beyond three quarters becomes 255: paper turns
    ///    black, and edges keep their gray.
    /// 4. The bounding box of what is above 127 is scaled, its shape kept, to fit 20×20 (each pixel
    ///    becomes the mean of the area that it covers), brightened so that its brightest pixel is
    ///    255 (a fine pen would leave it faint), and laid into 28×28 with its centre of mass at the
    ///    centre, to a whole pixel, as MNIST was made (LeCun et al. 1998, III.A).
    ///
    /// - Throws: `ImageFileError.blank` when nothing stands out by 24 levels, and
    ///   `ImageFileError.several` when more than one digit does.
    package init(normalizing picture: GrayPicture, name: String) throws(ImageFileError) {
        let map = InkMap(picture)
        do {
            let ink = GrayPicture(of: map, try DigitSearch(map))
            self = DigitImage.centred(ink.cropped.fitted(into: 20).brightened)
        } catch {
            switch error {
            case .blank: throw .blank(file: name)
            case .several: throw .several(file: name)
            }
        }
    }

    /// Lays a picture of at most 20×20 into 28×28, its centre of mass at the centre.
    private static func centred(_ digit: GrayPicture) -> DigitImage {
        var mass = 0.0
        var momentX = 0.0
        var momentY = 0.0
        for y in 0..<digit.height {
            for x in 0..<digit.width {
                let weight = Double(digit.pixels[y * digit.width + x])
                mass += weight
                momentX += weight * (Double(x) + 0.5)
                momentY += weight * (Double(y) + 0.5)
            }
        }
        let left = offset(centre: momentX / max(mass, 1), extent: digit.width)
        let top = offset(centre: momentY / max(mass, 1), extent: digit.height)
        var pixels = [UInt8](repeating: 0, count: side * side)
        for y in 0..<digit.height {
            for x in 0..<digit.width {
                pixels[(top + y) * side + left + x] = digit.pixels[y * digit.width + x]
            }
        }
        return DigitImage(pixels: pixels)
    }

    /// Where a digit begins so that its centre falls on the image's, none of it outside.
    ///
    /// Rounded up, as MNIST does: the centres of mass of all its images lie from 14 to 15.
    private static func offset(centre: Double, extent: Int) -> Int {
        let wanted = Int((Double(side) / 2 - centre).rounded(.up))
        return min(max(wanted, 0), side - extent)
    }
}

extension GrayPicture {
    /// The digit of a map alone, with its lowest quarter of contrast black and its highest white.
    fileprivate init(of map: InkMap, _ search: DigitSearch) {
        let contrast = search.inkStrength - search.pageStrength
        let black = search.pageStrength + contrast / 4
        // Its edges are grayer than what is surely ink.
        let isNear = search.digit.grown(by: 2).isInk
        let pixels = map.strength.indices.map { place -> UInt8 in
            guard isNear[place] else { return 0 }
            let level = UInt8(min(max((map.strength[place] - black) / (contrast / 2), 0), 1) * 255)
            return search.digit.isInk[place] ? max(level, 128) : min(level, 127)
        }
        self.init(width: map.width, height: map.height, pixels: pixels)
    }

    /// The smallest rectangle around all pixels that are more white than black.
    private var bounds: (left: Int, top: Int, right: Int, bottom: Int) {
        var (left, top, right, bottom) = (width - 1, height - 1, 0, 0)
        for y in 0..<height {
            for x in 0..<width where pixels[y * width + x] > 127 {
                left = min(left, x)
                right = max(right, x)
                top = min(top, y)
                bottom = max(bottom, y)
            }
        }
        return (left, top, right, bottom)
    }

    /// The part within the bounds.
    fileprivate var cropped: GrayPicture {
        let (left, top, right, bottom) = bounds
        var kept: [UInt8] = []
        for y in top...bottom {
            kept += pixels[y * width + left...y * width + right]
        }
        return GrayPicture(width: right - left + 1, height: bottom - top + 1, pixels: kept)
    }

    /// The picture scaled so that its longer side is `extent`; each pixel is the mean of its area.
    fileprivate func fitted(into extent: Int) -> GrayPicture {
        let scale = Double(extent) / Double(max(width, height))
        let columns = Self.spans(of: width, in: max(1, Int((Double(width) * scale).rounded())))
        let rows = Self.spans(of: height, in: max(1, Int((Double(height) * scale).rounded())))
        var fitted: [UInt8] = []
        for row in rows {
            for column in columns {
                fitted.append(mean(rows: row, columns: column))
            }
        }
        return GrayPicture(width: columns.count, height: rows.count, pixels: fitted)
    }

    /// The picture with its brightest pixel at 255, unless all are black.
    fileprivate var brightened: GrayPicture {
        let brightest = max(1, Int(pixels.max() ?? 0))
        return GrayPicture(
            width: width,
            height: height,
            pixels: pixels.map { UInt8((Int($0) * 255 + brightest / 2) / brightest) }
        )
    }

    /// Cuts a length into equal parts.
    private static func spans(of length: Int, in count: Int) -> [Range<Double>] {
        (0..<count).map { index in
            Double(index * length) / Double(count)..<Double((index + 1) * length) / Double(count)
        }
    }

    /// The mean brightness of a rectangle whose edges may cut through pixels.
    private func mean(rows: Range<Double>, columns: Range<Double>) -> UInt8 {
        var sum = 0.0
        var area = 0.0
        for y in Int(rows.lowerBound)..<min(Int(rows.upperBound.rounded(.up)), height) {
            let tall = min(rows.upperBound, Double(y + 1)) - max(rows.lowerBound, Double(y))
            for x in Int(columns.lowerBound)..<min(Int(columns.upperBound.rounded(.up)), width) {
                let wide =
                    min(columns.upperBound, Double(x + 1)) - max(columns.lowerBound, Double(x))
                sum += tall * wide * Double(pixels[y * width + x])
                area += tall * wide
            }
        }
        return UInt8((sum / area).rounded())
    }
}
