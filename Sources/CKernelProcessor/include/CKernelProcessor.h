// What the CPU can do, and the one mode of its floating-point unit that matters here.

#ifndef C_KERNEL_PROCESSOR_H
#define C_KERNEL_PROCESSOR_H

#include <stdbool.h>

/// 4 where every instruction of x86-64-v4 (AVX-512) may run, 3 for x86-64-v3 (AVX2, FMA), 0 for less,
/// and 0 on other architectures.
int kernel_processor_level(void);

/// Writes the CPU's name, ended by a zero, or "arm64 CPU" where the CPU does not tell.
void kernel_processor_name(char name[49]);

/// Makes the calling thread take subnormal inputs as zero and give zero for subnormal results.
void kernel_processor_flush_subnormals(void);

/// Whether the calling thread flushes subnormal numbers.
bool kernel_processor_flushes_subnormals(void);

/// The calling thread's floating-point control register.
unsigned long long kernel_processor_mode(void);

/// Sets it to what `kernel_processor_mode` gave.
void kernel_processor_set_mode(unsigned long long mode);

#endif
