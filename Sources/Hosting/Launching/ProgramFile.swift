import Foundation
import Subprocess
import SystemPackage

/// A file that a worker needs on a machine without Lockstep.
package struct ProgramFile: Equatable, Sendable {
    /// What it is called there.
    let name: String
    /// Where it is here.
    let path: String
    /// How many bytes it has.
    let size: Int

    /// What is sent: this program under the name `lockstep`, and every library that it loads but
    /// the C library's own. A worker needs no data set.
    ///
    /// - Parameter program: the path of this program.
    /// - Throws: ``CopyError`` when a file cannot be read, or the libraries are not told.
    package static func ofThisProgram(at program: String) async throws -> [ProgramFile] {
        var files = [try ProgramFile(name: "lockstep", path: program)]
        for (name, path) in libraries(in: try await libraryList(of: program)) {
            files.append(try ProgramFile(name: name, path: path))
        }
        return files
    }

    /// What ld.so(8) would load for a program, as it says itself.
    private static func libraryList(of program: String) async throws -> String {
        do {
            let result = try await Subprocess.run(
                .path(FilePath(program)),
                environment: .inherit.updating(["LD_TRACE_LOADED_OBJECTS": "1"]),
                output: .string(limit: 1 << 20)
            )
            return result.standardOutput
        } catch let error as SubprocessError {
            throw CopyError(path: program, reason: error.reason)
        }
    }

    /// The names and paths in lines such as `libzmq.so.5 => /lib/libzmq.so.5 (0x00007f…)`.
    static func libraries(in list: String) -> [(name: String, path: String)] {
        list.split(separator: "\n").compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count >= 3, words[1] == "=>", words[2].hasPrefix("/"),
                !isOfCLibrary(words[0])
            else { return nil }
            return (words[0], words[2])
        }
    }

    init(name: String, path: String) throws(CopyError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CopyError(path: path, reason: String(cString: strerror(errno)))
        }
        self.init(name: name, path: path, size: Int(status.st_size))
    }

    /// Takes what is known.
    init(name: String, path: String, size: Int) {
        self.name = name
        self.path = path
        self.size = size
    }

    /// These belong to the system that they are on.
    private static func isOfCLibrary(_ name: String) -> Bool {
        let names = [
            "ld-linux", "libc.so", "libm.so", "libpthread.so", "libdl.so", "librt.so",
            "libresolv.so",
            "libutil.so", "libanl.so", "libnss_", "libmvec.so",
        ]
        return names.contains { name.hasPrefix($0) }
    }
}

/// A file of this program's that cannot be sent along.
package struct CopyError: Error, Equatable, CustomStringConvertible {
    let path: String
    let reason: String

    package var description: String {
        "copying the program to the hosts: \(path) failed with \"\(reason)\" where a file of it was expected; "
            + "install Lockstep on the hosts, and leave out --copy"
    }
}
