// Lists of the lanes that are not zero, and the exchange of row and column: see CKernelLanes.h.

#ifndef C_KERNEL_LISTS_H
#define C_KERNEL_LISTS_H

// One bit for each lane, the first lane's the lowest: whether it is not zero. NaN is not.
INLINED unsigned nonzero_bits_16(LANES(float, 16) x) {
    LANES(_Bool, 16) is = __builtin_convertvector(x != 0, LANES(_Bool, 16));
    unsigned short bits;
    __builtin_memcpy(&bits, &is, 2);
    return bits;
}
INLINED unsigned nonzero_bits_8(LANES(float, 8) x) {
    LANES(_Bool, 8) is = __builtin_convertvector(x != 0, LANES(_Bool, 8));
    unsigned char bits;
    __builtin_memcpy(&bits, &is, 1);
    return bits;
}
INLINED unsigned nonzero_bits_4(LANES(float, 4) x) {
    LANES(int, 4) is = (x != 0) & (LANES(int, 4)){1, 2, 4, 8};
    return is[0] | is[1] | is[2] | is[3];
}

// The same of sixteen integers of 16 bits.
INLINED unsigned nonzero_bits_of_words(LANES(unsigned short, 16) x) {
    LANES(_Bool, 16) is = __builtin_convertvector(x != 0, LANES(_Bool, 16));
    unsigned short bits;
    __builtin_memcpy(&bits, &is, 2);
    return bits;
}

// Writes the lanes of set bits, the lowest first, to the front of two lists, and whatever behind them up to a vector;
// returns how many there were.
#if defined(__AVX512F__)
INLINED long append_lanes(LANES(float, 16) value, LANES(int, 16) offset, unsigned bits, float *values, int *offsets) {
    LANES(float, 16) v = __builtin_ia32_compresssf512_mask(value, value, bits);
    LANES(int, 16) o = __builtin_ia32_compresssi512_mask(offset, offset, bits);
    __builtin_memcpy(values, &v, 64);
    __builtin_memcpy(offsets, &o, 64);
    return __builtin_popcount(bits);
}
#elif defined(__AVX2__)
// For each set of eight lanes: the numbers of those in it, one a byte.
static const unsigned long long lanes_of_bits[256] = {
    0x0, 0x0, 0x1, 0x100, 0x2, 0x200, 0x201, 0x20100, 0x3, 0x300, 0x301, 0x30100, 0x302, 0x30200, 0x30201, 0x3020100,
    0x4, 0x400, 0x401, 0x40100, 0x402, 0x40200, 0x40201, 0x4020100, 0x403, 0x40300, 0x40301, 0x4030100, 0x40302,
    0x4030200, 0x4030201, 0x403020100, 0x5, 0x500, 0x501, 0x50100, 0x502, 0x50200, 0x50201, 0x5020100, 0x503,
    0x50300, 0x50301, 0x5030100, 0x50302, 0x5030200, 0x5030201, 0x503020100, 0x504, 0x50400, 0x50401, 0x5040100,
    0x50402, 0x5040200, 0x5040201, 0x504020100, 0x50403, 0x5040300, 0x5040301, 0x504030100, 0x5040302, 0x504030200,
    0x504030201, 0x50403020100, 0x6, 0x600, 0x601, 0x60100, 0x602, 0x60200, 0x60201, 0x6020100, 0x603, 0x60300,
    0x60301, 0x6030100, 0x60302, 0x6030200, 0x6030201, 0x603020100, 0x604, 0x60400, 0x60401, 0x6040100, 0x60402,
    0x6040200, 0x6040201, 0x604020100, 0x60403, 0x6040300, 0x6040301, 0x604030100, 0x6040302, 0x604030200,
    0x604030201, 0x60403020100, 0x605, 0x60500, 0x60501, 0x6050100, 0x60502, 0x6050200, 0x6050201, 0x605020100,
    0x60503, 0x6050300, 0x6050301, 0x605030100, 0x6050302, 0x605030200, 0x605030201, 0x60503020100, 0x60504,
    0x6050400, 0x6050401, 0x605040100, 0x6050402, 0x605040200, 0x605040201, 0x60504020100, 0x6050403, 0x605040300,
    0x605040301, 0x60504030100, 0x605040302, 0x60504030200, 0x60504030201, 0x6050403020100, 0x7, 0x700, 0x701,
    0x70100, 0x702, 0x70200, 0x70201, 0x7020100, 0x703, 0x70300, 0x70301, 0x7030100, 0x70302, 0x7030200, 0x7030201,
    0x703020100, 0x704, 0x70400, 0x70401, 0x7040100, 0x70402, 0x7040200, 0x7040201, 0x704020100, 0x70403, 0x7040300,
    0x7040301, 0x704030100, 0x7040302, 0x704030200, 0x704030201, 0x70403020100, 0x705, 0x70500, 0x70501, 0x7050100,
    0x70502, 0x7050200, 0x7050201, 0x705020100, 0x70503, 0x7050300, 0x7050301, 0x705030100, 0x7050302, 0x705030200,
    0x705030201, 0x70503020100, 0x70504, 0x7050400, 0x7050401, 0x705040100, 0x7050402, 0x705040200, 0x705040201,
    0x70504020100, 0x7050403, 0x705040300, 0x705040301, 0x70504030100, 0x705040302, 0x70504030200, 0x70504030201,
    0x7050403020100, 0x706, 0x70600, 0x70601, 0x7060100, 0x70602, 0x7060200, 0x7060201, 0x706020100, 0x70603,
    0x7060300, 0x7060301, 0x706030100, 0x7060302, 0x706030200, 0x706030201, 0x70603020100, 0x70604, 0x7060400,
    0x7060401, 0x706040100, 0x7060402, 0x706040200, 0x706040201, 0x70604020100, 0x7060403, 0x706040300, 0x706040301,
    0x70604030100, 0x706040302, 0x70604030200, 0x70604030201, 0x7060403020100, 0x70605, 0x7060500, 0x7060501,
    0x706050100, 0x7060502, 0x706050200, 0x706050201, 0x70605020100, 0x7060503, 0x706050300, 0x706050301,
    0x70605030100, 0x706050302, 0x70605030200, 0x70605030201, 0x7060503020100, 0x7060504, 0x706050400, 0x706050401,
    0x70605040100, 0x706050402, 0x70605040200, 0x70605040201, 0x7060504020100, 0x706050403, 0x70605040300,
    0x70605040301, 0x7060504030100, 0x70605040302, 0x7060504030200, 0x7060504030201, 0x706050403020100
};
INLINED long append_lanes(LANES(float, 8) value, LANES(int, 8) offset, unsigned bits, float *values, int *offsets) {
    LANES(unsigned char, 8) bytes;
    __builtin_memcpy(&bytes, &lanes_of_bits[bits], 8);
    LANES(int, 8) lanes = __builtin_convertvector(bytes, LANES(int, 8));
    LANES(float, 8) v = __builtin_ia32_permvarsf256(value, lanes);
    LANES(int, 8) o = __builtin_ia32_permvarsi256(offset, lanes);
    __builtin_memcpy(values, &v, 32);
    __builtin_memcpy(offsets, &o, 32);
    return __builtin_popcount(bits);
}
#else
INLINED long append_lanes(LANES(float, 4) value, LANES(int, 4) offset, unsigned bits, float *values, int *offsets) {
    long count = 0;
    for (int lane = 0; lane < 4; lane++) {
        values[count] = value[lane];
        offsets[count] = offset[lane];
        count += bits >> lane & 1;
    }
    return count;
}
#endif

// Exchanges row and column: rows of eight, `from` apart, become columns in rows `to` apart. Of the eight rows those from
// `row_count` on are taken to be zero, and of the eight columns those from `column_count` on are not written.
INLINED void transpose_8x8(
    const float *rows, long from, long row_count, float *columns, long to, long column_count) {
    LANES(float, 8) r[8], p[8];
    for (int i = 0; i < 8; i++) {
        r[i] = (LANES(float, 8))(0);
        if (i < row_count) __builtin_memcpy(&r[i], rows + i * from, 32);
    }
    for (int i = 0; i < 4; i++) {
        p[i] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        p[i + 4] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 4; i++) {
        r[2 * i] = __builtin_shufflevector(p[2 * i], p[2 * i + 1], 0, 1, 8, 9, 4, 5, 12, 13);
        r[2 * i + 1] = __builtin_shufflevector(p[2 * i], p[2 * i + 1], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    // r: rows 0-3 of columns 0, 1; rows 4-7 of columns 0, 1; the same of columns 2, 3.
    for (int i = 0; i < 4; i++) {
        int j = i / 2 * 4 + i % 2;
        p[i] = __builtin_shufflevector(r[j], r[j + 2], 0, 1, 2, 3, 8, 9, 10, 11);
        p[i + 4] = __builtin_shufflevector(r[j], r[j + 2], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (int i = 0; i < 8; i++) {
        if (i < column_count) __builtin_memcpy(columns + i * to, &p[i], 32);
    }
}

#if defined(__AVX512F__)
// Exchanges row and column of 16×16: by pairs of single lanes, of two lanes, then by quarters of vectors.
INLINED void exchange_16x16(LANES(float, 16) r[16]) {
    LANES(float, 16) p[16];
    for (int i = 0; i < 8; i++) {
        p[2 * i] = __builtin_shufflevector(
            r[2 * i], r[2 * i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
        p[2 * i + 1] = __builtin_shufflevector(
            r[2 * i], r[2 * i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
    // r[4i + j]: of rows 4i to 4i + 3, columns j, j + 4, j + 8 and j + 12.
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 2; j++) {
            r[4 * i + 2 * j] = __builtin_shufflevector(
                p[4 * i + j], p[4 * i + j + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
            r[4 * i + 2 * j + 1] = __builtin_shufflevector(
                p[4 * i + j], p[4 * i + j + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
        }
    }
    for (int j = 0; j < 4; j++) {
        for (int i = 0; i < 2; i++) {
            p[8 * i + j] = __builtin_shufflevector(
                r[8 * i + j], r[8 * i + j + 4], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
            p[8 * i + j + 4] = __builtin_shufflevector(
                r[8 * i + j], r[8 * i + j + 4], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
        }
    }
    // p[j], of rows 0 to 7, has columns j and j + 8; p[j + 4] columns j + 4 and j + 12.
    for (int j = 0; j < 8; j++) {
        r[j] = __builtin_shufflevector(
            p[j], p[j + 8], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        r[j + 8] = __builtin_shufflevector(
            p[j], p[j + 8], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    }
}

// Sixteen rows of sixteen, `from` apart, become sixteen columns in rows `to` apart.
INLINED void transpose_16x16(const float *rows, long from, float *columns, long to) {
    LANES(float, 16) r[16];
    for (int i = 0; i < 16; i++) __builtin_memcpy(&r[i], rows + i * from, 64);
    exchange_16x16(r);
    for (int i = 0; i < 16; i++) __builtin_memcpy(columns + i * to, &r[i], 64);
}

// The same, with zero where the float at the same place of `gates` is zero or less. The compiler does not unroll this
// loop by itself, and then each row goes through memory.
INLINED void transpose_open_16x16(const float *rows, const float *gates, long from, float *columns, long to) {
    LANES(float, 16) r[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
        LANES(float, 16) gate;
        __builtin_memcpy(&r[i], rows + i * from, 64);
        __builtin_memcpy(&gate, gates + i * from, 64);
        r[i] = gate <= 0 ? (LANES(float, 16))(0) : r[i];
    }
    exchange_16x16(r);
    for (int i = 0; i < 16; i++) __builtin_memcpy(columns + i * to, &r[i], 64);
}
#endif

#endif
