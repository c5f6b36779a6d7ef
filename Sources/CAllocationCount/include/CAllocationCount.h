/// Counts what the C library's allocator is asked for, so that a benchmark can say how often a step allocates.
#ifndef LOCKSTEP_ALLOCATION_COUNT_H
#define LOCKSTEP_ALLOCATION_COUNT_H

#include <stdint.h>

/// How often the calling thread has asked for memory so far; 0 for ever where the allocator is another one.
uint64_t allocation_count(void);

#endif
