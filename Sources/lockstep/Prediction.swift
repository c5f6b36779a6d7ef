import ImageFiles

/// What came of one picture.
struct Prediction {
    /// What a model made of it, or why it did not get that far.
    enum Outcome {
        /// Ten probabilities for an image of 28×28 pixels.
        case seen(pixels: [UInt8], probabilities: [Float])
        /// The picture could not be read, or shows no single digit.
        case failed(any Error)
    }

    let name: String
    let outcome: Outcome

    /// A digit less likely than this is not named.
    private static let probabilityMin: Float = 0.5

    /// The digit; nil where there is none to be sure of.
    var digit: Int? {
        guard case .seen(_, let probabilities) = outcome,
            let greatest = probabilities.max(), greatest >= Self.probabilityMin
        else { return nil }
        return probabilities.firstIndex(of: greatest)
    }

    /// The digit, or what there is instead, in words that a program may compare.
    var verdict: String {
        switch outcome {
        case .seen: digit.map(String.init) ?? "not sure"
        case .failed(ImageFileError.blank): "no digit"
        case .failed(ImageFileError.several): "more than one digit"
        case .failed: "not readable"
        }
    }
}
