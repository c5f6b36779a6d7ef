internal import CKernelLanes

// The samples of a shard lie in the lanes: every array of the network is [C, H, W, 16 samples], so
// that
// any layer is vector code without padding or waste at any channel count. A shard of 16 is one
// AVX-512
// vector, two AVX2 vectors or four NEON vectors; `Lanes` is one of them, and a kernel repeats its
// work
// for each group of lanes. No operation ever mixes lanes except `laneSums`, whose tree is fixed: so
// the
// order of floating-point operations is the same at any width, and so are the bits.

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
