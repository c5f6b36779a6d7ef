import Testing

@testable import Hosting

struct ProgramFileTests {
    @Test func `sends what the loader would load, but for the C library`() {
        let list = """
            \tlinux-vdso.so.1 (0x00007ffc0)
            \tlibzmq.so.5 => /lib/x86_64-linux-gnu/libzmq.so.5 (0x00007f)
            \tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007f)
            \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
            \tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f)
            \tlibmissing.so.1 => not found
            \t/lib64/ld-linux-x86-64.so.2 (0x00007f)

            """
        #expect(ProgramFile.libraries(in: list).map(\.name) == ["libzmq.so.5", "libstdc++.so.6"])
        #expect(ProgramFile.libraries(in: list)[0].path == "/lib/x86_64-linux-gnu/libzmq.so.5")
        #expect(ProgramFile.libraries(in: "").isEmpty)
    }

    @Test func `sends the program itself first, each file with its size`() async throws {
        let files = try await ProgramFile.ofThisProgram(at: CommandLine.arguments[0])
        #expect(files.first?.name == "lockstep")
        #expect(files.allSatisfy { $0.size > 0 })
        await #expect(throws: CopyError.self) {
            try await ProgramFile.ofThisProgram(at: "/nowhere/lockstep")
        }
    }
}
