import ImageFiles

/// What came of one picture.
struct Prediction {
    /// What a model made of it, or why it did not get that far.
    enum Outcome {
        /// A probability of each class for an image of 28×28 pixels.
        case seen(pixels: [UInt8], probabilities: [Float])
        /// The picture could not be read, or shows no single digit.
        case failed(any Error)
    }

    let name: String
    let outcome: Outcome
    /// What the classes are called.
    let classNames: [String]

    /// A class less likely than this is not named.
    private static let probabilityMin: Float = 0.5

    /// The class; nil where there is none to be sure of.
    var found: Int? {
        guard case .seen(_, let probabilities) = outcome,
            let greatest = probabilities.max(), greatest >= Self.probabilityMin
        else { return nil }
        return probabilities.firstIndex(of: greatest)
    }

    /// The class's name, or what there is instead, in words that a program may compare.
    var verdict: String {
        switch outcome {
        case .seen: found.map { classNames[$0] } ?? "not sure"
        case .failed(ImageFileError.blank): "no digit"
        case .failed(ImageFileError.several): "more than one digit"
        case .failed: "not readable"
        }
    }
}
