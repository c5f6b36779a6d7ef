#include "CMemoryHints.h"

#include <sys/mman.h>

void memory_prefer_large_pages(void *start, size_t size) { madvise(start, size, MADV_HUGEPAGE); }

void memory_prefetch(const void *start, size_t size) {
    const char *first = start;
    for (size_t offset = 0; offset < size; offset += 64) __builtin_prefetch(first + offset);
}
