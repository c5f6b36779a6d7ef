internal import CKernelLanes

// How the kernels work
//
// Layout. A shard has sixteen samples. Where all of them meet the same numbers, in the first
// convolution forward and in the fully connected layers, they lie in the lanes: [N, 16], element n
// of sample s is float 16·n + s. A shard is then one AVX-512 vector, two AVX2 vectors or four NEON
// vectors: `Lanes` is one of them, and the loop `while lane < shardWidth` repeats a kernel's work
// for each group of lanes. Where each sample has its own zeros, in the backward pass of the
// convolutions and of the widest fully connected layer, and in the second convolution forward, the
// samples lie one behind the other, with channels in the lanes. A shorter shard has zeros in the
// place of its last samples; softmax gives them a gradient of zero.
//
// Zeros. Max-pooling and the rectifier leave most of the backward pass zero: `GradientLists` says
// how it is left out. The first convolution leaves out what of its filter meets no ink.
//
// Order. The order of a sum belongs to the algorithm, and each kernel's comment says it. Each step is
// a fused multiply-add in one lane; lanes are added to each other only in `laneSums`, by a fixed
// tree. So every bit is the same at any vector width and any tile.
//
// Cost of a sample, in multiply-adds, zeros included (one vector operation does 16, 8 or 4 of them):
//
//     conv1   28·28·6·25   = 117,600 forward, the same for its weights' gradient
//     conv2   10·10·16·150 = 240,000 forward, the same for weights and for inputs
//     fc1     400·120 = 48,000   fc2  120·84 = 10,080   fc3  84·10 = 840, three times each
//     together 235,200 + 720,000 + 176,760 = 1,131,960, which is 2.26 MFLOP
//
// The second convolution forward takes 86,400 of its 240,000, by Winograd's filtering.
//
// Speed. A multiply-add unit wants its operands from registers: a kernel keeps a tile of sums there
// as named stored properties (an array would live in memory), sized so that each loaded vector is
// used several times: two loads for each two multiply-adds are the most that a core does. Tiles fit
// AVX2's sixteen registers, or 32 where `hasManyRegisters`. A vector that crosses a cache line takes
// two loads; one of sixteen floats crosses one unless it begins there.
//
// To add a layer: a row in the table of `LeNet`; its kernel beside its like, forward and backward
// together with the shapes in the comment; the naive loops in KernelReference; an entry in
// `KernelSet` and in each of its variants; a case in `KernelCheck` and one in `BenchmarkArrays`.
//
// This folder is compiled once for each instruction set, by targets that are symbolic links to it.
// Two rules keep the variants apart: no generic code that could remain as a symbol of its own,
// since both variants would define it and the linker keep either one, and no type that is not
// private, for the same reason; and small functions are `@_transparent`, which inlines without
// exception, where `@inline(__always)` gives up in large functions and then passes every vector
// through memory.

#if KERNELS_AVX512
    typealias Lanes = SIMD16<Float>
    typealias IntegerLanes = SIMD16<Int32>
#elseif KERNELS_AVX2
    typealias Lanes = SIMD8<Float>
    typealias IntegerLanes = SIMD8<Int32>
#else
    typealias Lanes = SIMD4<Float>
    typealias IntegerLanes = SIMD4<Int32>
#endif

typealias Floats = UnsafePointer<Float>
typealias MutableFloats = UnsafeMutablePointer<Float>
typealias Integers = UnsafePointer<Int32>
typealias MutableIntegers = UnsafeMutablePointer<Int32>

/// How many samples a shard has, and so the stride between neighbours of any array, in floats.
@_transparent var shardWidth: Int { 16 }

/// How many lanes one vector has.
@_transparent var laneCount: Int { MemoryLayout<Lanes>.size / MemoryLayout<Float>.size }

/// Whether there are 32 vector registers, not sixteen.
@_transparent var hasManyRegisters: Bool {
    #if KERNELS_AVX2
        false
    #else
        true
    #endif
}

@_transparent
func load(_ address: Floats) -> Lanes {
    UnsafeRawPointer(address).loadUnaligned(as: Lanes.self)
}

@_transparent
func load(_ address: MutableFloats) -> Lanes {
    UnsafeRawPointer(address).loadUnaligned(as: Lanes.self)
}

@_transparent
func load(_ address: Integers) -> IntegerLanes {
    UnsafeRawPointer(address).loadUnaligned(as: IntegerLanes.self)
}

@_transparent
func store(_ value: Lanes, _ address: MutableFloats) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: Lanes.self)
}

@_transparent
func store(_ value: IntegerLanes, _ address: MutableIntegers) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: IntegerLanes.self)
}

/// Stores past the cache, to a multiple of the vector's size.
///
/// For memory that another core has read and reads next: a usual store waits until that core's cache
/// has given the line up. Whoever tells that core of it calls `endStreaming` before.
@_transparent
func stream(_ value: Lanes, _ address: MutableFloats) {
    #if KERNELS_AVX512
        stream_16(address, value)
    #elseif KERNELS_AVX2
        stream_8(address, value)
    #else
        stream_4(address, value)
    #endif
}

/// Has what comes next wait until everything is in memory that `stream` has stored.
@_transparent
func endStreaming() { end_streaming() }

@_transparent
func broadcast(_ value: Float) -> Lanes { Lanes(repeating: value) }

/// `left · right + addend`, rounded once.
@_transparent
func multiplyAdd(_ left: Lanes, _ right: Lanes, _ addend: Lanes) -> Lanes {
    addend.addingProduct(left, right)
}

@_transparent
func squareRoots(_ value: Lanes) -> Lanes {
    #if KERNELS_AVX512
        square_roots_16(value)
    #elseif KERNELS_AVX2
        square_roots_8(value)
    #else
        square_roots_4(value)
    #endif
}

@_transparent
func floats(_ value: IntegerLanes) -> Lanes {
    #if KERNELS_AVX512
        floats_16(value)
    #elseif KERNELS_AVX2
        floats_8(value)
    #else
        floats_4(value)
    #endif
}

/// max(value, 0), and NaN for NaN: a rectifier that took NaN for 0 would hide that a model is
/// broken.
@_transparent
func rectified(_ value: Lanes) -> Lanes {
    let zero = Lanes(repeating: 0)
    return value.replacing(with: zero, where: value .<= zero)
}

/// The rectifier backward: `gradient` where the rectified `output` is above zero, or NaN.
@_transparent
func opened(_ gradient: Lanes, by output: Lanes) -> Lanes {
    let zero = Lanes(repeating: 0)
    return gradient.replacing(with: zero, where: output .<= zero)
}

/// Loads `count` floats, fewer than a vector, and zeros behind them.
@_transparent
func loadPart(_ address: Floats, count: Int) -> Lanes {
    var value = Lanes(repeating: 0)
    for lane in 0..<count { value[lane] = address[lane] }
    return value
}

@_transparent
func storePart(_ value: Lanes, _ address: MutableFloats, count: Int) {
    for lane in 0..<count { address[lane] = value[lane] }
}
