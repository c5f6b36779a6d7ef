import Foundation
import Testing

/// The mechanical rules of the house. Each failure says where, what, and the remedy.
struct TidyTests {
    private let sources: SourceTree
    private let everything: SourceTree

    init() throws {
        sources = try SourceTree(["Sources"])
        everything = try SourceTree(["Sources", "Tests"])
    }

    @Test func `reads the sources`() {
        #expect(sources.files.count > 20)
        #expect(everything.files.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
    }

    @Test func `keeps files short`() {
        for file in everything.files where file.lines.count > 400 {
            Issue.record(
                "\(file.path): \(file.lines.count) lines where 400 are the most; move one of its ideas to a file of its own"
            )
        }
    }

    @Test func `keeps functions short`() {
        for file in everything.files where !file.module.hasPrefix("Kernel") {
            for function in functions(of: file) where function.lineCount > 70 {
                Issue.record(
                    "\(file.path):\(function.line): \(function.lineCount) lines where 70 are the most; name its parts and call them"
                )
            }
        }
    }

    @Test func `lets each module import only what it may know`() {
        for file in sources.files {
            guard let allowed = Self.allowedImports[file.module] else {
                Issue.record("\(file.path): module \(file.module) has no row in `allowedImports`")
                continue
            }
            for (line, module) in file.imports where !allowed.contains(module) {
                Issue.record(
                    "\(file.path):\(line): \(file.module) may not import \(module); dependencies point down only, so move the code to where both are known"
                )
            }
        }
    }

    @Test func `allows no import that no file needs`() {
        for (module, allowed) in Self.allowedImports {
            let files = sources.files.filter { $0.module == module }
            let unneeded = allowed.subtracting(files.flatMap { $0.imports.map(\.1) })
            for name in unneeded.sorted() {
                Issue.record(
                    "no file of \(module) imports \(name); take it out of `allowedImports`"
                )
            }
        }
    }

    @Test func `names things by the house's words`() {
        for file in everything.files {
            // What a test compares with, such as PyTorch, is its peer.
            let allowed: Set = file.path.hasPrefix("Tests") ? ["peer"] : []
            for (line, name) in declaredNames(of: file) {
                let words = words(of: name).subtracting(allowed)
                for (banned, remedy) in Self.bannedWords where words.contains(banned) {
                    Issue.record("\(file.path):\(line): '\(name)' says '\(banned)'; \(remedy)")
                }
            }
        }
    }

    @Test func `names no type like its module`() {
        let modules = Set(sources.files.map(\.module))
        for file in sources.files {
            for (line, text) in file.lines.enumerated() {
                for module in modules where module == file.module {
                    let pattern = "\\b(struct|class|enum|protocol|actor) \(module)\\b"
                    if !text.isComment, text.range(of: pattern, options: .regularExpression) != nil
                    {
                        Issue.record(
                            "\(file.path):\(line + 1): type \(module) in module \(module); rename one"
                        )
                    }
                }
            }
        }
    }

    @Test func `documents what other modules use`() {
        let requirements = requirements()
        let declaration =
            #"^\s*(@\w+ )*(package|public) (static |final |mutating |internal\(set\) |private\(set\) |consuming |borrowing |indirect )*(func|var|let|init|struct|class|enum|protocol|actor|typealias)\b"#
        for file in sources.files {
            for (index, text) in file.lines.enumerated()
            where text.range(of: declaration, options: .regularExpression) != nil {
                let isRequired = requirements.contains { text.contains("    package \($0)") }
                guard !isRequired, !Self.isPrescribed(text), !isDocumented(index, in: file) else {
                    continue
                }
                Issue.record(
                    "\(file.path):\(index + 1): no doc comment; say in one sentence what it is or does"
                )
            }
        }
    }

    @Test func `leaves the network's sizes to its layer table`() {
        // All parameters, the segments, a sample, a buffer in pages, and tensors' offsets.
        let sizes = /\b(61_?706|59_?134|2_?572|785|61 \* 4_096|2_556|50_572|50_692|60_772|60_856)\b/
        for file in sources.files where file.module != "KernelSource" {
            for (index, text) in file.lines.enumerated()
            where !text.isComment && text.contains(sizes) {
                Issue.record("\(file.path):\(index + 1): a size of the network; ask `LeNet` for it")
            }
        }
    }

    @Test func `marks public what libraries offer, and leaves no note to itself`() {
        // Put together here, so that this file passes its own test.
        let notes = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        for file in everything.files {
            for (index, text) in file.lines.enumerated() {
                if !Self.libraries.contains(file.module), text.contains(/^ *(@\w+ )*public\b/) {
                    Issue.record("\(file.path):\(index + 1): public; use package")
                }
                for note in notes where text.contains(note) {
                    Issue.record("\(file.path):\(index + 1): \(note); do it, or file an issue")
                }
            }
        }
    }
}

/// The tables behind the rules.
extension TidyTests {
    private static let bannedWords = [
        "manager": "say what it does", "helper": "say what it helps with", "utils": "say what for",
        "common": "say what it is", "impl": "name what tells it from others",
        "base": "name what it is", "node": "say worker or coordinator",
        "peer": "say worker or coordinator", "client": "say worker", "job": "say run",
        "chunk": "say shard or segment",
    ]

    /// The modules that other packages use too, products of this one.
    private static let libraries: Set = ["IDX", "Safetensors", "ZeroMQ"]

    /// What each module may know. The pure ones know no clock, no file and no socket.
    private static let allowedImports: [String: Set<String>] = [
        "SeededRandom": [],
        "KernelSource": ["CKernelLanes"],
        "Kernels": ["CKernelProcessor", "KernelsAVX2", "KernelsAVX512", "KernelsNEON"],
        "MemoryHints": ["CMemoryHints"],
        "Figures": [],
        "Model": ["Figures", "Kernels", "MemoryHints", "SeededRandom"],
        "Arithmetic": ["Figures", "Kernels", "Model", "TrainingProtocol"],
        "KernelReference": ["Glibc"],
        "KernelBenchmarks": ["KernelReference", "Kernels", "Model", "SeededRandom"],
        "TrainingProtocol": ["SeededRandom"],
        "TrainingSimulation": [
            "Checkpoints", "Figures", "SeededRandom", "TrainingDriver", "TrainingProtocol",
            "Transport",
        ],
        "Wire": ["Figures", "Foundation", "Sealing", "SwiftProtobuf", "TrainingProtocol"],
        "Sealing": ["CIPsecMB", "COpenSSL"],
        "ZeroMQ": ["CZeroMQ", "Glibc"],
        "SharedMemory": ["CSharedMemory", "Glibc"],
        "Keys": ["Glibc", "ZeroMQ"],
        "Transport": ["Figures", "TrainingProtocol"],
        "NetworkTransport": [
            "Arithmetic", "Figures", "Glibc", "Keys", "Model", "Sealing", "SharedMemory",
            "Synchronization", "TrainingProtocol", "Transport", "Wire", "ZeroMQ",
        ],
        "TrainingDriver": [
            "Checkpoints", "Figures", "Glibc", "JSON", "TrainingProtocol", "Transport",
        ],
        "IDX": ["CISAL", "Glibc"],
        "MNIST": ["CISAL", "Foundation", "IDX", "MemoryHints", "Synchronization"],
        "PlainFiles": ["Glibc"],
        "ImageFiles": [
            "CGIF", "CPNG", "CTIFF", "CTurboJPEG", "CWebP", "Glibc", "PlainFiles",
        ],
        "JSON": [],
        "ONNX": ["Foundation", "Model", "SwiftProtobuf"],
        "Safetensors": ["JSON"],
        "Checkpoints": [
            "COpenSSL", "Dispatch", "Figures", "Glibc", "JSON", "Safetensors", "Synchronization",
        ],
        "Configuration": ["Model", "PlainFiles", "Yams"],
        "Reporting": ["Figures", "Foundation", "JSON"],
        "HTMLReport": ["Figures", "Foundation", "JSON", "Reporting"],
        "Services": ["Synchronization"],
        "WebServer": [
            "Glibc", "NIOCore", "NIOHTTP1", "NIOPosix", "Services", "Synchronization",
        ],
        "Hosting": [
            "CSignals", "Foundation", "Glibc", "Kernels", "Logging", "PlainFiles",
            "Services", "SharedMemory", "Subprocess", "Synchronization", "SystemPackage",
            "ZeroMQ",
        ],
        "Training": [
            "Arithmetic", "Checkpoints", "Configuration", "Figures", "Foundation", "Glibc",
            "Hosting", "Kernels", "Keys", "Logging", "MNIST", "Model", "NetworkTransport",
            "SeededRandom", "Services", "Synchronization", "TrainingDriver",
            "TrainingProtocol", "Transport", "Wire", "ZeroMQ",
        ],
        "TrainingBenchmarks": [
            "Figures", "Foundation", "Glibc", "JSON", "Reporting", "Subprocess", "SystemPackage",
        ],
        "lockstep": [
            "ArgumentParser", "CBuildCommit", "Checkpoints", "Configuration", "Dispatch", "Figures",
            "Foundation", "HTMLReport", "Hosting", "IDX", "ImageFiles", "JSON", "KernelBenchmarks",
            "Kernels",
            "Keys",
            "Logging", "MNIST", "Model", "NetworkTransport", "ONNX", "PlainFiles", "Reporting",
            "Services", "Synchronization", "Training", "TrainingBenchmarks",
            "TrainingDriver", "TrainingProtocol", "TrainingSimulation", "Transport",
            "WebServer", "ZeroMQ",
        ],
    ]

    /// Members whose meaning a protocol of the standard library prescribes.
    private static func isPrescribed(_ text: String) -> Bool {
        let members = [
            "var description: String", "static func ==", "static func <", "var rawValue:",
            "let rawValue:", "init(rawValue", "init(from decoder", "func encode(to encoder",
        ]
        return members.contains { text.contains("package \($0)") || text.contains("public \($0)") }
    }
}

/// How files are read: by line, which the formatter's layout makes sufficient.
extension TidyTests {
    private func isDocumented(_ index: Int, in file: SourceTree.File) -> Bool {
        var above = index - 1
        while above >= 0, file.lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
        return above >= 0 && file.lines[above].drop(while: { $0 == " " }).hasPrefix("///")
    }

    /// What protocols ask for, such as `func drop(`: documented there, and the same wherever it is
    /// met.
    private func requirements() -> Set<String> {
        let member = /^    (?:associatedtype (\w+)|((?:static )?func \w+\(|var \w+\b))/
        var found: Set<String> = []
        for file in sources.files {
            var isProtocol = false
            for text in file.lines {
                if text.hasPrefix("}") { isProtocol = false }
                if text.hasPrefix("package protocol ") { isProtocol = true }
                guard isProtocol, let match = text.firstMatch(of: member) else { continue }
                if let name = match.1 { found.insert("typealias \(name) =") }
                if let start = match.2 { found.insert(String(start)) }
            }
        }
        // A constant, or a property that only its type sets, meets a requirement too.
        let variables = found.filter { $0.hasPrefix("var ") }
        return found.union(variables.map { "private(set) " + $0 })
            .union(variables.map { "let " + $0.dropFirst("var ".count) })
    }

    /// Functions and initializers with the lines from their name to their closing brace.
    private func functions(of file: SourceTree.File) -> [(line: Int, lineCount: Int)] {
        var found: [(line: Int, lineCount: Int)] = []
        for (index, text) in file.lines.enumerated() {
            let isFunction =
                text.range(
                    of: #"^\s*(@[\w()"`., ]+ )*([a-z()]+ )*(func|init)\b.*[({]"#,
                    options: .regularExpression
                ) != nil
            guard isFunction, !text.isComment, !text.hasSuffix("}") else { continue }
            let indentation = text.prefix { $0 == " " }
            let end = file.lines[index...].firstIndex { $0 == indentation + "}" } ?? index
            found.append((index + 1, end - index + 1))
        }
        return found
    }

    private func declaredNames(of file: SourceTree.File) -> [(Int, String)] {
        let pattern =
            /\b(?:func|var|let|struct|class|enum|protocol|actor|case|typealias) ([A-Za-z_]\w*)/
        return file.lines.enumerated().flatMap { index, text in
            text.isComment ? [] : text.matches(of: pattern).map { (index + 1, String($0.1)) }
        } + [(1, file.name)]
    }

    /// The words of a name in camel case, in small letters.
    private func words(of name: String) -> Set<String> {
        var words: [String] = [""]
        for character in name {
            if character.isUppercase, words.last?.last?.isLowercase ?? false { words.append("") }
            words[words.count - 1].append(contentsOf: character.lowercased())
        }
        return Set(words)
    }
}
