extension DigitImage {
    /// Brings a drawing, scan or photo of one digit to MNIST's form.
    ///
    /// 1. Otsu's threshold parts the pixels into a dark and a light class ("A threshold selection
    ///    method from gray-level histograms", 1979). Where the mean of the outermost pixels is in
    ///    the light class the digit is dark on light, and the picture is inverted.
    /// 2. Contrast is stretched so that what lies within a quarter of the way from the ground's
    ///    mean to the digit's becomes 0 and what lies beyond three quarters becomes 255: paper
    ///    turns black, and edges keep their gray.
    /// 3. The bounding box of what is above 127 is scaled, its shape kept, to fit 20×20 (each pixel
    ///    becomes the mean of the area that it covers), brightened so that its brightest pixel is
    ///    255 (a fine pen would leave it faint), and laid into 28×28 with its centre of mass at the
    ///    centre, to a whole pixel, as MNIST was made (LeCun et al. 1998, III.A).
    ///
    /// Everything light is taken for the digit: specks, lines and edges of a page spoil the result.
    ///
    /// - Throws: `ImageFileError.blank` when the two classes are less than 24 levels apart.
    package init(normalizing picture: GrayPicture, name: String) throws(ImageFileError) {
        let contrastMin = 24.0
        var classes = BrightnessClasses(picture)
        guard classes.lightMean - classes.darkMean >= contrastMin else {
            throw .blank(file: name)
        }
        var upright = picture
        if picture.borderMean > classes.threshold {
            upright = picture.inverted
            classes = BrightnessClasses(upright)
        }
        let ink = upright.stretched(between: classes)
        self = DigitImage.centred(ink.cropped.fitted(into: 20).brightened)
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

/// The two classes that Otsu's threshold parts a picture's pixels into.
private struct BrightnessClasses {
    /// The brightest level of the dark class.
    var threshold = 0.0
    var darkMean = 0.0
    var lightMean = 0.0

    /// Finds the threshold with the greatest variance between the classes.
    init(_ picture: GrayPicture) {
        var histogram = [Int](repeating: 0, count: 256)
        for pixel in picture.pixels { histogram[Int(pixel)] += 1 }
        let total = Double(picture.pixels.count)
        let sum = histogram.indices.reduce(0.0) { $0 + Double($1 * histogram[$1]) }
        var darkCount = 0.0
        var darkSum = 0.0
        var greatest = -1.0
        darkMean = sum / total
        lightMean = sum / total
        for level in 0..<256 {
            darkCount += Double(histogram[level])
            darkSum += Double(level * histogram[level])
            let lightCount = total - darkCount
            guard darkCount > 0, lightCount > 0 else { continue }
            let difference = (sum - darkSum) / lightCount - darkSum / darkCount
            let variance = darkCount * lightCount * difference * difference
            if variance > greatest {
                greatest = variance
                threshold = Double(level)
                darkMean = darkSum / darkCount
                lightMean = (sum - darkSum) / lightCount
            }
        }
    }
}

extension GrayPicture {
    /// The picture with its lowest quarter of contrast black and its highest white.
    fileprivate func stretched(between classes: BrightnessClasses) -> GrayPicture {
        let contrast = classes.lightMean - classes.darkMean
        let black = classes.darkMean + contrast / 4
        let levels = (0..<256).map { level in
            UInt8(min(max((Double(level) - black) / (contrast / 2), 0), 1) * 255)
        }
        return GrayPicture(width: width, height: height, pixels: pixels.map { levels[Int($0)] })
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
