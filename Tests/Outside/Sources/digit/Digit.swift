import IDX

/// Draws an image of an IDX file as text: `swift run digit t10k-images-idx3-ubyte.gz 0`.
@main enum Digit {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let index = Int(arguments[2]) else {
            return print("usage: digit FILE INDEX")
        }
        do {
            let images = try IDXArray(IDXFile(path: arguments[1]))
            guard images.dimensions.count == 3, (0..<images.count).contains(index) else {
                return print("no image \(index) in an array of \(images.dimensions)")
            }
            print("image", index, "of", images.count)
            draw(images.item(at: index), width: images.dimensions[2])
        } catch {
            print(error)
        }
    }

    /// Draws rows of pixels from 0, black, to 255, white.
    private static func draw(_ pixels: ArraySlice<UInt8>, width: Int) {
        let inks = Array(" .:-=+*#%@")
        var rest = pixels
        while !rest.isEmpty {
            let row = rest.prefix(width).map { inks[Int($0) * inks.count / 256] }
            print(String(row.reversed().drop { $0 == " " }.reversed()))
            rest = rest.dropFirst(width)
        }
    }
}
