import Foundation

/// What is known of the terminal behind a file descriptor.
package enum Terminal {
    /// Chooses redrawing in place where `descriptor` is a terminal that can erase a line.
    package static func style(
        of descriptor: Int32,
        environment: [String: String]
    ) -> ProgressBar.Style {
        isatty(descriptor) == 1 && environment["TERM"] != "dumb" ? .redrawn : .lines
    }

    /// What a line for a person begins with: it erases the progress that may stand in its place,
    /// or is empty where `descriptor` is no terminal.
    package static func lineStart(of descriptor: Int32, environment: [String: String]) -> String {
        style(of: descriptor, environment: environment) == .redrawn ? "\r\u{1B}[K" : ""
    }

    /// Asks for the terminal's width in columns; 80 where it has none.
    package static func columnCount(of descriptor: Int32) -> Int {
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }
}
