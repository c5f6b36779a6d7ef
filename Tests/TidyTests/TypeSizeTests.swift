import Testing

/// No type holds or does more than one can keep in mind.
///
/// The kernels' modules are left out: a value there is a set of registers, or the table of all
/// kernels of an instruction set.
struct TypeSizeTests {
    private let types: DeclaredTypes

    init() throws {
        types = DeclaredTypes(
            of: try SourceTree(["Sources"]).files.filter { !$0.module.hasPrefix("Kernel") }
        )
    }

    private static let storedPropertyCountMax = 12
    private static let functionCountMax = 25

    @Test func `keeps types small`() {
        for (name, counts) in types.counts {
            if counts.storedPropertyCount > Self.storedPropertyCountMax {
                Issue.record(
                    "\(counts.path): \(name) stores \(counts.storedPropertyCount) properties where \(Self.storedPropertyCountMax) are the most; give those that belong together a type"
                )
            }
            if counts.functionCount > Self.functionCountMax {
                Issue.record(
                    "\(counts.path): \(name) has \(counts.functionCount) functions where \(Self.functionCountMax) are the most; give one of its ideas a type"
                )
            }
        }
    }

    @Test func `counts what a type and its extensions hold and do`() {
        let lines = """
            package struct Outer: Sendable {
                /// let none: Int
                package private(set) var first, second: Int
                static let shared = 1
                let table: [String: Int] = [:]
                @Atomic var third = { 3 }()
                var fourth: Int {
                    didSet { third = 1 }
                }
                var computed: Int { 5 }
                var long: Int {
                    let local = 6
                    func inner() {}
                    return local
                }
                init() {}
                struct Inner {
                    var fifth: (Int, Int)
                    func run() {}
                }
                subscript(index: Int) -> Int { index }
            }
            extension Outer {
                static func make() -> Outer {
                    let local = Outer()
                    return local
                }
            }
            extension Outer.Inner {
                func walk() {}
            }
            """
        let file = SourceTree.File(
            path: "Sources/Some/Outer.swift",
            lines: lines.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        )
        let outer = DeclaredTypes.Counts(
            path: file.path,
            storedPropertyCount: 5,
            functionCount: 3
        )
        let inner = DeclaredTypes.Counts(
            path: file.path,
            storedPropertyCount: 1,
            functionCount: 2
        )
        #expect(
            DeclaredTypes(of: [file]).counts == ["Some/Outer": outer, "Some/Outer.Inner": inner]
        )
    }
}
