import Foundation

/// Asks a server of this machine and reads its answer to the end, or its beginning where that is far.
///
/// - Parameters:
///   - fields: more lines of the header.
///   - host: what it is called.
/// - Returns: the whole answer, without carriage returns; nil where nobody listens.
func httpAnswer(
    _ port: UInt16,
    _ target: String,
    host: String = "127.0.0.1",
    _ fields: String...
) -> String? {
    let lines = ["GET \(target) HTTP/1.1", "Host: \(host)"] + fields
    let script = """
        exec 3<>/dev/tcp/127.0.0.1/\(port) || exit 1
        printf '%s\\r\\n' "$@" '' >&3
        tr -d '\\r' <&3 | head -c 100000
        """
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script, "ask"] + lines
    process.standardError = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    guard (try? process.run()) != nil else { return nil }
    let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    return text.isEmpty ? nil : text
}
