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

// Keeps the compiler from merging shuffles: one after the other is one instruction each, what it makes of several is
// dozens.
#ifdef __AVX512F__
#define SETTLE(x) __asm__("" : "+v"(x))
#else
#define SETTLE(x)
#endif

// The lanes of even, or of odd, number of both, those of `a` first.
INLINED LANES(float, 16) even_lanes(LANES(float, 16) a, LANES(float, 16) b) {
    LANES(float, 16) lanes =
        __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    SETTLE(lanes);
    return lanes;
}
INLINED LANES(float, 16) odd_lanes(LANES(float, 16) a, LANES(float, 16) b) {
    LANES(float, 16) lanes =
        __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    SETTLE(lanes);
    return lanes;
}

INLINED LANES(float, 16) floats_of_bytes(LANES(unsigned char, 16) x) {
    return __builtin_convertvector(x, LANES(float, 16));
}

#include "CKernelLists.h"

#endif
