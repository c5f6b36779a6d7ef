// Vector operations that the Swift standard library has only as generic code.
//
// A generic operation that is not inlined becomes a symbol that both kernel variants define, and the
// linker keeps one of the two: perhaps the one with AVX-512 instructions, for a CPU without them.
// Everything here is inlined always, so no such symbol comes to be.

#ifndef C_KERNEL_LANES_H
#define C_KERNEL_LANES_H

#define LANES(type, count) type __attribute__((ext_vector_type(count)))
#define INLINED static inline __attribute__((always_inline))

INLINED LANES(float, 16) square_roots_16(LANES(float, 16) x) { return __builtin_elementwise_sqrt(x); }
INLINED LANES(float, 8) square_roots_8(LANES(float, 8) x) { return __builtin_elementwise_sqrt(x); }
INLINED LANES(float, 4) square_roots_4(LANES(float, 4) x) { return __builtin_elementwise_sqrt(x); }

INLINED LANES(float, 16) floats_16(LANES(int, 16) x) {
    return __builtin_convertvector(x, LANES(float, 16));
}
INLINED LANES(float, 8) floats_8(LANES(int, 8) x) {
    return __builtin_convertvector(x, LANES(float, 8));
}
INLINED LANES(float, 4) floats_4(LANES(int, 4) x) {
    return __builtin_convertvector(x, LANES(float, 4));
}

INLINED LANES(float, 16) floats_of_bytes(LANES(unsigned char, 16) x) {
    return __builtin_convertvector(x, LANES(float, 16));
}

#endif
