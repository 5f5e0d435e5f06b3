/*
 * described.h - what is asked of every state description, whichever program it is linked into.
 *
 * After: tests/unit/test_state.c, tests/channel/test_state.c, tests/pc/test_state.c.
 */
#ifndef TESTS_SHARED_DESCRIBED_H
#define TESTS_SHARED_DESCRIBED_H

#include <cp/state.h>
#include <cp/string.h>

/* Ids, names, letters and sizes are what they may be. */
void described_sane(const char *name, const struct state_field *table);

/*
 * Sets every element of a to a value that no other has (as far as it may have any), saves a as bytes, loads them into b, which is
 * fresh, and demands that b, saved, gives the same bytes.
 */
void described_round_trip(const char *name, const struct state_field *table, void *a, void *b);

/*
 * Every byte of the structure, or of one member, is spoken for by one row of the tables, in their first or second part. Holes between
 * members are told from members by the compiler; gcc 12 does it wrong behind an array of structures, so that one comes last.
 */
#define DESCRIBED_WHOLE(type, ...) DESCRIBED_BYTES(type, 0, sizeof(type), #type, __VA_ARGS__)
#define DESCRIBED_MEMBER(type, member, ...)                                                                  \
	DESCRIBED_BYTES(type, offsetof(type, member), sizeof(((type *)0)->member), #type "." #member,        \
			__VA_ARGS__)
#define DESCRIBED_BYTES(type, from, size, name, ...)                                                         \
	do {                                                                                                 \
		static type o;                                                                               \
		memset(&o, 0xff, sizeof(o));                                                                 \
		__builtin_clear_padding(&o);                                                                 \
		described_bytes(name, (const uint8_t *)&o, from, size,                                       \
				(const struct state_field *const[]){__VA_ARGS__, NULL});                     \
	} while (0)
/* members: zero where there is none. */
void described_bytes(const char *name, const uint8_t *members, size_t from, size_t size,
		     const struct state_field *const *tables);

/* Each of these is set to what it cannot be, refused by arch_vm_loaded(), and put back. */
void described_refused(struct vm *vm, void *at, uint64_t value, size_t size);
/* Elements here and there get random values, of those that are allowed. The numbers are the same every time. */
void described_shake(const struct state_field *table, void *object);
uint64_t described_random(void);

#endif
