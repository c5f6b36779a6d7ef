internal import SeededRandom

/// How images that are trained on are changed at random: each strength is the most that is done
/// either way, and all amounts up to it are equally likely.
package struct Augmentation: Equatable, Sendable {
    /// Pixels to the right and, apart from that, down.
    package var shift: Double
    /// Degrees about the image's middle.
    package var rotation: Double
    /// By how much an image is larger, as a share of its size.
    package var scale: Double
    /// By how much a row is moved against the next, in pixels.
    package var shear: Double

    /// Describes the strengths; images stay as they are unless told otherwise.
    package init(shift: Double = 0, rotation: Double = 0, scale: Double = 0, shear: Double = 0) {
        self.shift = shift
        self.rotation = rotation
        self.scale = scale
        self.shear = shear
    }

    /// Whether images change.
    package var isActive: Bool { self != Augmentation() }

    /// The affine map from a pixel of the new image to its place in the old one: a, b, tx, c, d, ty
    /// in (a·x + b·y + tx, c·x + d·y + ty).
    package typealias Map = (Float, Float, Float, Float, Float, Float)

    /// Draws a map: five numbers of the stream, whatever the strengths.
    func map(_ random: inout RandomStream) -> Map {
        func draw(_ strength: Double) -> Double {
            strength * (2 * Double(random.uniformFloat()) - 1)
        }
        let (right, down, angle) = (draw(shift), draw(shift), draw(rotation) / 180)
        let (size, slant) = (1 / (1 + draw(scale)), draw(shear))
        let turn = abs(angle)
        let (cosine, sine) = (
            cosine(halfTurns: turn),
            (angle < 0 ? -1 : 1) * Model.cosine(halfTurns: abs(0.5 - turn))
        )
        let (a, b) = (cosine * size, (slant * cosine - sine) * size)
        let (c, d) = (sine * size, (slant * sine + cosine) * size)
        // About the middle, between pixels 13 and 14.
        let middle = 13.5
        return (
            Float(a), Float(b), Float(middle - right - (a + b) * middle),
            Float(c), Float(d), Float(middle - down - (c + d) * middle)
        )
    }
}

extension Augmentation {
    /// The strengths as words, in the order of the type's properties.
    package var words: String { "\(shift) \(rotation) \(scale) \(shear)" }

    /// Reads what `words` writes; nil where it is no such text, or a strength is out of bounds.
    package init?(words: String) {
        let numbers = words.split(separator: " ", omittingEmptySubsequences: false)
            .map { Double($0) ?? .nan }
        let bounds: [ClosedRange<Double>] = [0...28, 0...180, 0...0.999_999, 0...1]
        guard numbers.count == bounds.count,
            zip(numbers, bounds).allSatisfy({ $1.contains($0) })
        else { return nil }
        self.init(
            shift: numbers[0],
            rotation: numbers[1],
            scale: numbers[2],
            shear: numbers[3]
        )
    }
}
