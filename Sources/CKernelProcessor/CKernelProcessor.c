#include "CKernelProcessor.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <string.h>
#include <xmmintrin.h>

static unsigned long long enabled_register_states(void) {
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return ((unsigned long long)high << 32) | low;
}

static bool has(unsigned word, unsigned bits) { return (word & bits) == bits; }

int kernel_processor_level(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    // FMA 12, MOVBE 22, OSXSAVE 27, AVX 28, F16C 29.
    if (!has(c, 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29)) return 0;
    // The system saves xmm and ymm registers.
    unsigned long long states = enabled_register_states();
    if ((states & 0x6) != 0x6) return 0;
    if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || !has(c, 1u << 5)) return 0;  // LZCNT
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    if (!has(b, 1u << 3 | 1u << 5 | 1u << 8)) return 0;  // BMI1, AVX2, BMI2
    // AVX-512 F 16, DQ 17, CD 28, BW 30, VL 31; mask registers and zmm are saved.
    bool wide = has(b, 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31);
    return wide && (states & 0xE6) == 0xE6 ? 4 : 3;
}

void kernel_processor_name(char name[49]) {
    // The brand string: 48 bytes in leaves 0x80000002 to 0x80000004.
    memset(name, 0, 49);
    for (unsigned part = 0; part < 3; part++) {
        unsigned words[4];
        if (!__get_cpuid(0x80000002 + part, &words[0], &words[1], &words[2], &words[3])) return;
        memcpy(name + 16 * part, words, 16);
    }
}

// MXCSR: DAZ is bit 6, FTZ bit 15 (Intel 64 and IA-32 manual, volume 1, 10.2.3).
#define FLUSH_BITS 0x8040u

void kernel_processor_flush_subnormals(void) { _mm_setcsr(_mm_getcsr() | FLUSH_BITS); }
bool kernel_processor_flushes_subnormals(void) { return (_mm_getcsr() & FLUSH_BITS) == FLUSH_BITS; }
unsigned long long kernel_processor_mode(void) { return _mm_getcsr(); }
void kernel_processor_set_mode(unsigned long long mode) { _mm_setcsr((unsigned)mode); }

#elif defined(__aarch64__)

#include <string.h>

void kernel_processor_name(char name[49]) { strcpy(name, "arm64 CPU"); }

// FPCR.FZ is bit 24 (Arm Architecture Reference Manual).
#define FLUSH_BIT (1ull << 24)

int kernel_processor_level(void) { return 0; }

unsigned long long kernel_processor_mode(void) {
    unsigned long long control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    return control;
}

void kernel_processor_set_mode(unsigned long long mode) {
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}

void kernel_processor_flush_subnormals(void) {
    kernel_processor_set_mode(kernel_processor_mode() | FLUSH_BIT);
}

bool kernel_processor_flushes_subnormals(void) {
    return (kernel_processor_mode() & FLUSH_BIT) != 0;
}

#else
#error "Lockstep computes on x86-64 and arm64 only."
#endif
