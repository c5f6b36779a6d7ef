import Foundation
import Testing

@testable import Reporting

@Suite struct TerminalTests {
    @Test func `finds a pseudo-terminal and its width`() throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0)
        defer { close(terminal) }
        #expect(Terminal.columnCount(of: terminal) == 80)
        var size = winsize(ws_row: 24, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        #expect(Terminal.columnCount(of: terminal) == 132)
        #expect(Terminal.style(of: terminal, environment: ["TERM": "xterm"]) == .redrawn)
        #expect(Terminal.style(of: terminal, environment: ["TERM": "dumb"]) == .lines)
        #expect(Terminal.lineStart(of: terminal, environment: ["TERM": "xterm"]) == "\r\u{1B}[K")
        #expect(Terminal.lineStart(of: terminal, environment: ["TERM": "dumb"]).isEmpty)
    }

    @Test func `takes a file for what it is`() throws {
        let descriptor = open("/dev/null", O_WRONLY)
        defer { close(descriptor) }
        #expect(Terminal.style(of: descriptor, environment: ["TERM": "xterm"]) == .lines)
        #expect(Terminal.lineStart(of: descriptor, environment: ["TERM": "xterm"]).isEmpty)
        #expect(Terminal.columnCount(of: descriptor) == 80)
        #expect(Terminal.columnCount(of: -1) == 80)
    }
}
