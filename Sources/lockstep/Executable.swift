import Foundation

/// The file of this program, for the workers that it starts.
enum Executable {
    /// It cannot be found, so it cannot start workers.
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "starting workers: the path of this program is unknown where one was expected; "
                + "start `lockstep coordinator` and `lockstep worker` by hand"
        }
    }

    /// Where it is.
    static func path() throws(Missing) -> String {
        guard let path = Bundle.main.executablePath else { throw Missing() }
        return path
    }
}
