/// How colours become gray.
extension GrayPicture {
    /// The luma of ITU-R BT.601, (299·R + 587·G + 114·B) / 1000, which leaves grays as they are.
    static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let sum: Int = 299 * Int(red) + 587 * Int(green) + 114 * Int(blue)
        return UInt8((sum + 500) / 1000)
    }

    /// Turns colours to gray and lays transparent pixels over black or white.
    ///
    /// The ground is white, as a page is; it is black where most of the picture is transparent
    /// and what is drawn on it is light, as a white digit on nothing is.
    init(width: Int, height: Int, rgba: [UInt8]) {
        var pixels = [UInt8](repeating: 0, count: width * height)
        var alphaSum = 0
        var lightSum = 0
        for index in 0..<pixels.count {
            let alpha = Int(rgba[4 * index + 3])
            let luma = Self.luma(rgba[4 * index], rgba[4 * index + 1], rgba[4 * index + 2])
            alphaSum += alpha
            lightSum += Int(luma) * alpha
            pixels[index] = luma
        }
        let isMostlyTransparent = 2 * alphaSum < 255 * pixels.count
        let isLight = 2 * lightSum > 255 * alphaSum
        let ground = isMostlyTransparent && isLight ? 0 : 255
        for index in 0..<pixels.count {
            let alpha = Int(rgba[4 * index + 3])
            pixels[index] = UInt8((Int(pixels[index]) * alpha + ground * (255 - alpha) + 127) / 255)
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// Turns colours for print to gray; 255 stands for no ink, as Adobe's programs store them.
    ///
    /// Light passes the coloured inks and then the black: R = C·K, G = M·K, B = Y·K of the inverted
    /// samples, and their luma as for PNG. A file that is not inverted, as few are, comes out as a
    /// negative, which is taken as well.
    init(width: Int, height: Int, invertedCMYK samples: [UInt8]) {
        let pixels = (0..<width * height).map { index -> UInt8 in
            let light =
                (299 * Int(samples[4 * index]) + 587 * Int(samples[4 * index + 1])
                    + 114 * Int(samples[4 * index + 2]))
            return UInt8((light * Int(samples[4 * index + 3]) + 127_500) / 255_000)
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}
