import ArgumentParser
import Configuration
import Foundation
import ImageFiles
import Kernels
import MNIST
import Model
import Training

/// `lockstep data preview`: a sheet of training images as a recipe changes them.
struct DataPreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Draw training images as augmentation changes them, as a PNG file.",
        discussion: """
            Each row begins with an image as it is and goes on with the same image as steps of training draw it. The \
            settings are those of `lockstep train`, so that --config takes a recipe.
            """
    )

    @OptionGroup var settings: SettingOptions

    @Option(help: ArgumentHelp("The PNG file to write.", valueName: "file"))
    var output = "preview.png"

    @Option(help: ArgumentHelp("Images, a row each (1 to 1,000).", valueName: "number"))
    var rows = 10

    func validate() throws {
        guard (1...1_000).contains(rows) else {
            throw ValidationError(
                "drawing a sheet: --rows \(rows) was found where 1 to 1,000 was expected; choose one of these, or leave it out for 10"
            )
        }
    }

    func run() async throws {
        var configuration = try settings.resolve(fallbackFile: nil)
        configuration.dataset = configuration.dataset.map {
            NSString(string: $0).expandingTildeInPath
        }
        let dataset = try configuration.loadDataset()
        let augmenter = ImageAugmenter(
            kernels: try KernelSet.best(environment: ProcessInfo.processInfo.environment),
            augmentation: configuration.input.augmentation,
            seed: configuration.seed
        )
        let rowCount = min(rows, dataset.training.count)
        var sheet = ImageSheet(columnCount: 12, rowCount: rowCount)
        for row in 0..<rowCount {
            let image = dataset.training.image(at: row)
            sheet.draw(image, column: 0, row: row)
            for column in 1..<sheet.columnCount {
                let drawn = ([0] + image).withUnsafeBytes {
                    Array(augmenter.augmented($0, step: column - 1, place: row))
                }
                sheet.draw(Array(drawn.dropFirst()), column: column, row: row)
            }
        }
        guard let png = PNGWriting.encode(sheet.pixels, width: sheet.width, height: sheet.height)
        else {
            throw UsageError(
                "drawing \(output): libpng made no picture where one was expected; use fewer --rows"
            )
        }
        let path = NSString(string: output).expandingTildeInPath
        do {
            try Data(png).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw PreviewNotWritten(path: path, reason: "\(error.localizedDescription)")
        }
        try StandardOutput.write(
            "\(path)  \(rowCount) image\(rowCount == 1 ? "" : "s"), \(sheet.columnCount - 1) drawings of each\n"
        )
    }
}

/// The sheet could not be written.
private struct PreviewNotWritten: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String {
        "\(path): \"\(reason)\" where a picture was to be written; choose another --output"
    }
}

/// Images of 28×28 pixels beside and below each other, twice as large, gray lines between them.
private struct ImageSheet {
    let columnCount: Int
    let rowCount: Int
    private(set) var pixels: [UInt8]

    private static let (side, zoom, gap) = (28, 2, 2)
    private static let pitch = side * zoom + gap

    var width: Int { columnCount * Self.pitch + Self.gap }
    var height: Int { rowCount * Self.pitch + Self.gap }

    init(columnCount: Int, rowCount: Int) {
        self.columnCount = columnCount
        self.rowCount = rowCount
        pixels = []
        pixels = [UInt8](repeating: 128, count: width * height)
    }

    mutating func draw(_ image: [UInt8], column: Int, row: Int) {
        let (left, top) = (column * Self.pitch + Self.gap, row * Self.pitch + Self.gap)
        for y in 0..<Self.side * Self.zoom {
            for x in 0..<Self.side * Self.zoom {
                pixels[(top + y) * width + left + x] =
                    image[y / Self.zoom * Self.side + x / Self.zoom]
            }
        }
    }
}
