import Foundation
import Testing

/// What the compiler made of the kernel variants, read from the object files beside the test
/// program.
@Suite(.enabled(if: Objects.areReadable, "needs x86-64, GNU binutils and the objects of the build"))
struct VariantTests {
    @Test(arguments: ["KernelsAVX512", "KernelsAVX2"])
    func `a variant defines no code that another could define as well`(variant: String) throws {
        // The linker keeps one of two equal symbols: perhaps the one that this CPU cannot run.
        let symbols = try Objects.output(of: "nm", ["--defined-only"], variant)
        let code = symbols.split(separator: "\n").map { $0.split(separator: " ") }
            .filter { $0.count == 3 && ["T", "t", "W", "w"].contains($0[1]) }.map { $0[2] }
        #expect(code.count > 20)
        // A sanitizer's own, which every object file has.
        let foreign = code.filter { !$0.contains(variant) && !$0.contains("san.module_") }
        #expect(foreign.isEmpty, "\(foreign)")
    }

    @Test func `the AVX2 kernels have no AVX-512 instruction`() throws {
        let arguments = ["-d", "--no-show-raw-insn"]
        // Registers that only AVX-512 encodings name: zmm, masks, and the upper sixteen.
        let wide = /%zmm|%k[0-7]|%[xy]mm(1[6-9]|2[0-9]|3[01])/
        let narrow = try Objects.output(of: "objdump", arguments, "KernelsAVX2")
        #expect(narrow.contains("vfmadd"))
        #expect(narrow.firstMatch(of: wide) == nil)
        let other = try Objects.output(of: "objdump", arguments, "KernelsAVX512")
        #expect(other.firstMatch(of: wide) != nil)
    }
}

private enum Objects {
    static var areReadable: Bool {
        #if arch(x86_64)
            !paths("KernelsAVX2").isEmpty
                && ["nm", "objdump"].allSatisfy {
                    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
                }
        #else
            false
        #endif
    }

    static func paths(_ variant: String) -> [String] {
        guard let program = Bundle.main.executableURL else { return [] }
        let folder = program.deletingLastPathComponent().appendingPathComponent("\(variant).build")
        // The build's own list: the folder may hold objects of sources that are gone.
        let list =
            (try? String(contentsOf: folder.appendingPathComponent("sources"), encoding: .utf8))
            ?? ""
        return list.split(separator: "\n").compactMap { $0.split(separator: "/").last }
            .map { "\(folder.path)/\($0).o" }
    }

    static func output(of tool: String, _ arguments: [String], _ variant: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(tool)")
        process.arguments = arguments + paths(variant)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
