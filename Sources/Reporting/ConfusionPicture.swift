package import Figures

/// A confusion matrix as a picture: a row for each label, a column for each prediction, the darker
/// the more, with the counts in the squares.
package enum ConfusionPicture {
    private typealias Colour = PlainPicture.Colour

    /// Pixels along a square; where there are many classes, too few for numbers in it.
    private static func side(_ classCount: Int) -> Int { classCount <= 50 ? 36 : 6 }

    /// Draws the matrix, with the classes' numbers above and at the left.
    package static func picture(of confusion: ConfusionMatrix) -> PlainPicture {
        let count = confusion.classCount
        let side = side(count)
        let size = side * (count + 1)
        var picture = PlainPicture(width: size, height: size, colour: Colour(255, 255, 255))
        for label in 0..<count {
            let start = side * (label + 1)
            draw("\(label)", side: side, in: start, 0, Colour(90, 90, 90), on: &picture)
            draw("\(label)", side: side, in: 0, start, Colour(90, 90, 90), on: &picture)
            let sampleCount = max(1, confusion.sampleCount(of: label))
            for prediction in 0..<count {
                let found = confusion.counts[label][prediction]
                let share = Double(found) / Double(sampleCount)
                let left = side * (prediction + 1)
                picture.fill(
                    left..<left + side - 1,
                    start..<start + side - 1,
                    colour(share, isRight: label == prediction)
                )
                guard found > 0 else { continue }
                let ink = share > 0.5 ? Colour(255, 255, 255) : Colour(0, 0, 0)
                draw("\(found)", side: side, in: left, start, ink, on: &picture)
            }
        }
        return picture
    }

    /// Blue where label and prediction agree, red where they do not; a root, so that few are seen.
    private static func colour(_ share: Double, isRight: Bool) -> Colour {
        let strength = isRight ? share : share.squareRoot()
        let full: [Double] = isRight ? [30, 80, 160] : [200, 40, 30]
        let mixed = full.map { UInt8((244 + ($0 - 244) * strength).rounded()) }
        return Colour(mixed[0], mixed[1], mixed[2])
    }

    /// Writes digits into the middle of a square, two pixels for one of theirs.
    private static func draw(
        _ text: String,
        side: Int,
        in left: Int,
        _ top: Int,
        _ colour: Colour,
        on picture: inout PlainPicture
    ) {
        guard side > 6 else { return }
        let width = 8 * text.count - 2
        var start = left + (side - width) / 2
        for digit in text.utf8 {
            let shape = shapes[Int(digit - UInt8(ascii: "0"))]
            for row in 0..<5 {
                for column in 0..<3 where shape[row] >> (2 - column) & 1 == 1 {
                    let (x, y) = (start + 2 * column, top + side / 2 - 5 + 2 * row)
                    picture.fill(x..<x + 2, y..<y + 2, colour)
                }
            }
            start += 8
        }
    }

    /// The digits on three by five pixels, a number of three bits for each row.
    private static let shapes: [[Int]] = [
        [7, 5, 5, 5, 7], [2, 6, 2, 2, 7], [7, 1, 7, 4, 7], [7, 1, 7, 1, 7], [5, 5, 7, 1, 1],
        [7, 4, 7, 1, 7], [7, 4, 7, 5, 7], [7, 1, 2, 2, 2], [7, 5, 7, 5, 7], [7, 5, 7, 1, 7],
    ]
}
