/*
 * memory.h - what s390x/lib/memory.S can do besides the C library's.
 */
#ifndef ARCH_MEMORY_H
#define ARCH_MEMORY_H

#include <cp/types.h>

/* The same word all over n bytes, 64 or more and a multiple of 8. */
void words_set(void *to, uint64_t word, size_t n);

#endif
