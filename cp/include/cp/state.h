/*
 * state.h - machine state described once, as data.
 *
 * A table of fields for each kind of thing that has state (a CPU type, a
 * device class). DISPLAY, STORE, TRACE, SAVE and RESTORE all work from it,
 * so a register that is described is shown, changed and saved. Values pass
 * through one 64-bit word, so byte order is handled once. Ids are never
 * renumbered: they are what stands in a saved machine.
 *
 * A table has two parts, each with an end of its own: what is kept; and, for
 * the member that comes next to be noticed, what is not, because it is CP's
 * own, or follows from the rest and is made again by a `loaded` hook
 * (device.h, arch.h). Together they are the whole structure, or a unit test
 * fails (tests/state/).
 */
#ifndef CP_STATE_H
#define CP_STATE_H

#include <cp/types.h>

struct vm;

struct state_field {
	const char *name; /* "GPR", "PSW", "CR" */
	char letter;      /* DISPLAY/STORE letter (G Y X P), or 0 */
	uint8_t size;     /* bytes of one element: 1, 2, 4 or 8 */
	uint16_t id;
	uint16_t count;  /* elements */
	uint32_t offset; /* in the owning structure */
	uint32_t bytes;  /* that it speaks for there; 0: it lies elsewhere */
	uint32_t most;   /* the greatest value of an element; 0: any */
	uint8_t flags;   /* STATE_* */
	/* When the value is not simply there. object is the owning structure. NULL: load/store at offset. */
	uint64_t (*get)(const void *object, unsigned index);
	void (*set)(void *object, unsigned index, uint64_t value);
};

#define STATE_TEXT     0x01 /* elements of one byte are characters, in ASCII */
#define STATE_CLOCK    0x02 /* goes on by itself: two saves of one standing machine may differ in it */
#define STATE_OPTIONAL 0x04 /* a machine is whole without it: who does not know it passes over it */
#define STATE_ENDED    0x08 /* the last element is zero */

/*
 * One of the things of which a machine consists beside its CPUs and devices: an interrupt controller, the channel reports. A port has
 * a table of them (arch.h). Numbers never change, as those of fields. object: where the fields lie; NULL: this machine has none now,
 * and none is to be loaded.
 */
struct state_part {
	const char *name;
	uint16_t id;
	const struct state_field *fields;
	void *(*object)(struct vm *vm);
};

/* In the macros: member of type, name, DISPLAY letter, id. */
#define STATE_ROW(type, member, nm, ident)                                                                   \
	.name = nm, .id = ident, .offset = offsetof(type, member), .bytes = sizeof(((type *)0)->member)
#define STATE_FIELD(type, member, nm, ltr, ident)                                                            \
	{                                                                                                    \
		STATE_ROW(type, member, nm, ident), .letter = ltr, .size = sizeof(((type *)0)->member),      \
						    .count = 1                                               \
	}
#define STATE_ARRAY(type, member, nm, ltr, ident)                                                            \
	{                                                                                                    \
		STATE_ROW(type, member, nm, ident), .letter = ltr, .size = sizeof(((type *)0)->member[0]),   \
						    .count = ARRAY_SIZE(((type *)0)->member)                 \
	}
/* A number with a greatest value; a bool. */
#define STATE_UP_TO(type, member, nm, ident, greatest)                                                       \
	{                                                                                                    \
		STATE_ROW(type, member, nm, ident), .size = sizeof(((type *)0)->member), .count = 1,         \
						    .most = greatest                                         \
	}
#define STATE_FLAG(type, member, nm, ident) STATE_UP_TO(type, member, nm, ident, 1)
/* Characters in ASCII, with a zero behind them. */
#define STATE_STRING(type, member, nm, ident)                                                                \
	{                                                                                                    \
		STATE_ROW(type, member, nm, ident), .size = 1, .count = sizeof(((type *)0)->member),         \
						    .flags = STATE_TEXT | STATE_ENDED                        \
	}
/* n elements of size sz in place of the member, by functions. */
#define STATE_HOOKED(type, member, nm, ltr, ident, sz, n, getter, setter)                                    \
	{                                                                                                    \
		STATE_ROW(type, member, nm, ident), .letter = ltr, .size = sz, .count = n, .get = getter,    \
						    .set = setter                                            \
	}
/* A time that goes on by itself, and that an image may lack. */
#define STATE_TIME(type, member, nm, ident, getter, setter)                                                  \
	{                                                                                                    \
		STATE_ROW(type, member, nm, ident), .size = 8, .count = 1,                                   \
						    .flags = STATE_CLOCK | STATE_OPTIONAL, .get = getter,    \
						    .set = setter                                            \
	}
#define STATE_END                                                                                            \
	{                                                                                                    \
		0                                                                                            \
	}
/*
 * After the end, inside #if STATE_WHOLE: not kept. Only tests read these rows, so CP's own image is
 * spared them (a few KiB of the 300).
 */
#define STATE_WHOLE __STDC_HOSTED__
#define STATE_HOST(type, member)                                                                             \
	{                                                                                                    \
		STATE_ROW(type, member, #member, 0)                                                          \
	}

uint64_t state_get(const struct state_field *f, const void *object, unsigned index);
void state_set(const struct state_field *f, void *object, unsigned index, uint64_t value);
/* Can the element have this value? Who loads asks first: what he loads is hostile. Fields are set in the table's order. */
bool state_allows(const struct state_field *f, unsigned index, uint64_t value);
/* By letter or by name; NULL if there is none. */
const struct state_field *state_find(const struct state_field *table, char letter);
const struct state_field *state_find_name(const struct state_field *table, const char *name);
/* The table's second part. */
const struct state_field *state_host(const struct state_field *table);

#endif
