/// Counts what the C library's allocator is asked for, so that a benchmark can say how often a step allocates.
///
/// A library of its own, which the benchmark preloads (ld.so(8), LD_PRELOAD): the program itself has the C library's
/// allocator, and finds the count by its name where it is there.
#ifndef LOCKSTEP_ALLOCATION_COUNT_H
#define LOCKSTEP_ALLOCATION_COUNT_H

#include <stdint.h>

/// How often the calling thread has asked for memory so far.
uint64_t allocation_count(void);

#endif
