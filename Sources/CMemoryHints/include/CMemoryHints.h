// What the system and the processor are told about memory.

#ifndef C_MEMORY_HINTS_H
#define C_MEMORY_HINTS_H

#include <stddef.h>

/// Asks for pages of 2 MiB for memory that begins at a page. A refusal costs time only.
void memory_prefer_large_pages(void *_Nonnull start, size_t size);

/// Asks for the cache lines of memory, and does not wait for them.
void memory_prefetch(const void *_Nonnull start, size_t size);

#endif
