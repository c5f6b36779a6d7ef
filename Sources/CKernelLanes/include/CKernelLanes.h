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

// The integers below numbers that are not negative, and the numbers of the lanes.
INLINED LANES(int, 16) integers_16(LANES(float, 16) x) {
    return __builtin_convertvector(x, LANES(int, 16));
}
INLINED LANES(int, 8) integers_8(LANES(float, 8) x) {
    return __builtin_convertvector(x, LANES(int, 8));
}
INLINED LANES(int, 4) integers_4(LANES(float, 4) x) {
    return __builtin_convertvector(x, LANES(int, 4));
}
INLINED LANES(int, 16) lane_numbers_16(void) {
    LANES(int, 16) numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return numbers;
}
INLINED LANES(int, 8) lane_numbers_8(void) {
    LANES(int, 8) numbers = {0, 1, 2, 3, 4, 5, 6, 7};
    return numbers;
}
INLINED LANES(int, 4) lane_numbers_4(void) {
    LANES(int, 4) numbers = {0, 1, 2, 3};
    return numbers;
}

// One word of a table for each lane.
INLINED LANES(int, 16) gathered_16(const int *_Nonnull words, LANES(int, 16) index) {
    LANES(int, 16) result = {0};
    for (int lane = 0; lane < 16; lane++) result[lane] = words[index[lane]];
    return result;
}
INLINED LANES(int, 8) gathered_8(const int *_Nonnull words, LANES(int, 8) index) {
    LANES(int, 8) result = {0};
    for (int lane = 0; lane < 8; lane++) result[lane] = words[index[lane]];
    return result;
}
INLINED LANES(int, 4) gathered_4(const int *_Nonnull words, LANES(int, 4) index) {
    LANES(int, 4) result = {0};
    for (int lane = 0; lane < 4; lane++) result[lane] = words[index[lane]];
    return result;
}

// The lowest byte of each lane.
INLINED void store_bytes_16(unsigned char *_Nonnull target, LANES(int, 16) x) {
    LANES(unsigned char, 16) bytes = __builtin_convertvector(x, LANES(unsigned char, 16));
    __builtin_memcpy(target, &bytes, 16);
}
INLINED void store_bytes_8(unsigned char *_Nonnull target, LANES(int, 8) x) {
    LANES(unsigned char, 8) bytes = __builtin_convertvector(x, LANES(unsigned char, 8));
    __builtin_memcpy(target, &bytes, 8);
}
INLINED void store_bytes_4(unsigned char *_Nonnull target, LANES(int, 4) x) {
    LANES(unsigned char, 4) bytes = __builtin_convertvector(x, LANES(unsigned char, 4));
    __builtin_memcpy(target, &bytes, 4);
}

// Stores that pass the cache by, to a multiple of the vector's size. Others may overtake them on some CPUs, but none
// that comes after `end_streaming`.
INLINED void stream_16(float *_Nonnull target, LANES(float, 16) x) {
    __builtin_nontemporal_store(x, (LANES(float, 16) *)target);
}
INLINED void stream_8(float *_Nonnull target, LANES(float, 8) x) {
    __builtin_nontemporal_store(x, (LANES(float, 8) *)target);
}
INLINED void stream_4(float *_Nonnull target, LANES(float, 4) x) {
    __builtin_nontemporal_store(x, (LANES(float, 4) *)target);
}
INLINED void end_streaming(void) {
#ifdef __x86_64__
    __builtin_ia32_sfence();
#endif
}

// Words of four bytes, the lowest first.
INLINED LANES(int, 16) words_of_bytes(
    LANES(unsigned char, 16) a, LANES(unsigned char, 16) b, LANES(unsigned char, 16) c,
    LANES(unsigned char, 16) d) {
    return __builtin_convertvector(a, LANES(int, 16)) | __builtin_convertvector(b, LANES(int, 16)) << 8
           | __builtin_convertvector(c, LANES(int, 16)) << 16 | __builtin_convertvector(d, LANES(int, 16)) << 24;
}

#include "CKernelLists.h"

#endif
