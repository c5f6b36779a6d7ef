/// A 28×28 image of bytes as the network's 32×32 input.
package enum ReferenceInput {
    /// Bytes of an image.
    static let imageSize = 28 * 28

    /// Two pixels of zero on each side.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func padded<Scalar: ReferenceScalar>(
        _ image: ArraySlice<UInt8>,
        isScaled: Bool
    ) -> [Scalar] {
        var input = [Scalar](repeating: 0, count: 32 * 32)
        for (index, pixel) in image.enumerated() {
            input[(index / 28 + 2) * 32 + index % 28 + 2] =
                isScaled ? Scalar(pixel) / 255 : Scalar(pixel)
        }
        return input
    }

    /// Bilinear with half-pixel centres, without antialiasing: the definition of `tf.image.resize`.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func resized<Scalar: ReferenceScalar>(
        _ image: ArraySlice<UInt8>,
        isScaled: Bool
    ) -> [Scalar] {
        let pixels = image.map { Scalar($0) }
        return (0..<32 * 32).map { index in
            let (top, bottom, downward) = interpolation(index / 32) as (Int, Int, Scalar)
            let (left, right, rightward) = interpolation(index % 32) as (Int, Int, Scalar)
            let above = mix(pixels[top * 28 + left], pixels[top * 28 + right], rightward)
            let below = mix(pixels[bottom * 28 + left], pixels[bottom * 28 + right], rightward)
            let value = mix(above, below, downward)
            return isScaled ? value / 255 : value
        }
    }

    private static func mix<Scalar: ReferenceScalar>(
        _ first: Scalar,
        _ second: Scalar,
        _ fraction: Scalar
    ) -> Scalar {
        first + (second - first) * fraction
    }

    private static func interpolation<Scalar: ReferenceScalar>(
        _ index: Int
    ) -> (Int, Int, Scalar) {
        let position = (Scalar(index) + 0.5) * (28 / 32) - 0.5
        let floor = position.rounded(.down)
        return (max(Int(floor), 0), min(Int(floor) + 1, 27), position - floor)
    }
}
