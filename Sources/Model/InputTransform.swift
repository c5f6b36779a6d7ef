/// How a 28×28 image of bytes becomes the network's 32×32 input.
///
/// The cases' raw values are the words of configurations, messages and files.
package struct InputTransform: Equatable, Sendable {
    /// The way from 28×28 to 32×32.
    package enum Geometry: String, CaseIterable, Sendable {
        /// Two pixels of zero on each side.
        case pad
        /// Bilinear with half-pixel centres, as `tf.image.resize` does.
        case resize
    }

    /// What becomes of a pixel's value.
    package enum Scale: String, CaseIterable, Sendable {
        /// Divided by 255: 0 to 1.
        case unit
        /// As it is: 0 to 255.
        case none
    }

    /// How the image becomes larger.
    package var geometry: Geometry
    /// How large the numbers are.
    package var scale: Scale
    /// How images that are trained on are changed before.
    package var augmentation = Augmentation()

    /// The transform that the words of a configuration name; nil where one of them is unknown.
    package init?(geometry: String, scale: String) {
        guard let geometry = Geometry(rawValue: geometry), let scale = Scale(rawValue: scale) else {
            return nil
        }
        self.init(geometry: geometry, scale: scale)
    }

    /// Describes a transform; padding and division by 255 unless told otherwise.
    package init(geometry: Geometry = .pad, scale: Scale = .unit) {
        self.geometry = geometry
        self.scale = scale
    }
}
