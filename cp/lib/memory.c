/*
 * memory.c - moving, comparing and measuring bytes: the C library's handful for freestanding CP.
 *
 * Owns: memcpy() and friends. A hosted build takes the C library's own; its unit test includes this file under other names.
 * Before: nothing. After: everything. On s390x those that are called most are in s390x/lib/memory.S.
 * Simplification: what goes over strings goes byte by byte.
 *
 * The compiler may call memcpy() and friends by itself, so they must exist, and it may recognize a loop in them as
 * "this is memcpy" and turn the routine into a call of itself: the pragma forbids that. Storage is moved in pieces of a fixed
 * size, then 8 bytes, then 4 or 1.
 */
#include <cp/string.h>

#if !__STDC_HOSTED__ || defined(MEMORY_FREESTANDING)

#pragma GCC optimize("no-tree-loop-distribute-patterns")

/* Eight bytes at any address: both machines load and store them unaligned. */
struct word {
	uint64_t value;
} __attribute__((packed, may_alias));

/* By a register: the compiler would make an MVC of it on s390x, and an emulator has to ask much for so short a one. */
static inline void word_move(void *to, const void *from)
{
	uint64_t value = ((const struct word *)from)->value;

	asm("" : "+r"(value));
	((struct word *)to)->value = value;
}

/* A word is loaded whole before it is stored, so moving towards lower addresses is right however near src is. */
void *memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	if (d <= s) {
		for (; n >= 8; n -= 8, d += 8, s += 8)
			word_move(d, s);
		for (; n; n--)
			*d++ = *s++;
		return dst;
	}
	for (; n >= 8; n -= 8)
		word_move(d + n - 8, s + n - 8);
	while (n--)
		d[n] = s[n];
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n >= 8 && ((const struct word *)x)->value == ((const struct word *)y)->value; n -= 8)
		x += 8, y += 8;
	for (; n; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--)
		a++, b++;
	return n ? (uint8_t)*a - (uint8_t)*b : 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (!*s)
			return NULL;
	}
	return (char *)s;
}

#ifndef __s390x__

#define PIECE 256

struct piece {
	char bytes[PIECE];
} __attribute__((may_alias));

struct half {
	uint32_t value;
} __attribute__((packed, may_alias));

static inline void half_move(void *to, const void *from)
{
	uint32_t value = ((const struct half *)from)->value;

	asm("" : "+r"(value));
	((struct half *)to)->value = value;
}

static void pieces_move(struct piece *to, const struct piece *from, size_t count)
{
	for (; count; count--)
		*to++ = *from++;
}

/* Store by store: the compiler would take a string instruction, which an emulator does word by word, and a processor begins slowly. */
static inline void piece_set(struct word *to, uint64_t word)
{
#pragma GCC unroll 32
	for (unsigned n = 0; n < PIECE / sizeof(*to); n++)
		to[n].value = word;
}

/* Apart, for most of what is moved is short, and this one has registers to save. */
static __attribute__((noinline)) void *memcpy_long(char *dst, const char *src, size_t n)
{
	size_t moved = n / PIECE * PIECE;

	pieces_move((struct piece *)dst, (const struct piece *)src, n / PIECE);
	memcpy(dst + moved, src + moved, n - moved);
	return dst;
}

void *memcpy(void *dst, const void *src, size_t n)
{
	char *d = dst, *end = d + n;
	const char *s = src;

	if (n >= PIECE)
		return memcpy_long(dst, src, n);
	for (; end - d >= 8; d += 8, s += 8)
		word_move(d, s);
	if (n >= 8) { /* what is left, and some of what is there already */
		word_move(end - 8, (const char *)src + n - 8);
	} else if (n >= 4) {
		half_move(d, s);
		half_move(end - 4, (const char *)src + n - 4);
	} else {
		while (d != end)
			*d++ = *s++;
	}
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	char *d = dst;
	const uint64_t word = (uint8_t)c * 0x0101010101010101ull;

	for (; n >= PIECE; n -= PIECE, d += PIECE)
		piece_set((struct word *)d, word);
#pragma GCC unroll 4
	for (; n >= 8; n -= 8, d += 8)
		((struct word *)d)->value = word;
	for (; n; n--)
		*d++ = (char)c;
	return dst;
}

void *memchr(const void *s, int c, size_t n)
{
	for (const uint8_t *p = s; n; n--, p++) {
		if (*p == (uint8_t)c)
			return (void *)p;
	}
	return NULL;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (uint8_t)*a - (uint8_t)*b;
}

#endif

#endif
