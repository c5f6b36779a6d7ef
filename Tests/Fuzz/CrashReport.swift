import Foundation

/// Says, when the process is about to die, which input it dies of.
///
/// Written for signal handlers: it formats nothing and only calls write(2) and _exit(2).
enum CrashReport {
    nonisolated(unsafe) private static var text: UnsafeMutablePointer<CChar>?
    nonisolated(unsafe) private static var number = 0

    /// Dies with the line of the input before it, whatever the cause.
    static func arm() {
        for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
            Foundation.signal(signal) { _ in CrashReport.tellAndDie() }
        }
    }

    /// Notes what is run next; an input that takes half a minute hangs.
    static func note(target: String, seed: UInt64) {
        free(text)
        text = strdup(
            "\nlockstep-fuzz: \(target): an input ended the program; again: lockstep-fuzz \(target) --seed \(seed) --only "
        )
    }

    static func note(number: Int) {
        self.number = number
        if number % 64 == 0 { alarm(30) }
    }

    private static func tellAndDie() {
        if let text { write(2, text, strlen(text)) }
        var digits: (UInt8, UInt8) = (0, UInt8(ascii: "\n"))
        var power = 1
        while power <= number / 10 { power *= 10 }
        while power > 0 {
            digits.0 = UInt8(48 + number / power % 10)
            write(2, &digits.0, 1)
            power /= 10
        }
        write(2, &digits.1, 1)
        _exit(1)
    }
}
