import Glibc
import Wire

extension WorkerName {
    /// This process, by its machine's name and its number; nil where the machine has none.
    static let own: WorkerName? = {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
        let letters = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return WorkerName(host: String(decoding: letters, as: UTF8.self), process: Int(getpid()))
    }()
}
