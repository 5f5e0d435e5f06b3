/*
 * state.h - machine state described once, as data.
 *
 * A table of fields for each kind of thing that has state (a CPU type, a
 * device class). DISPLAY, STORE, TRACE, SAVE and RESTORE all work from it,
 * so a register that is described is shown, changed and saved. Values pass
 * through one 64-bit word, so byte order is handled once. Ids are never
 * renumbered: they are what stands in a saved machine.
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
	uint8_t flags;   /* STATE_* */
	/* When the value is not simply there. object is the owning structure. NULL: load/store at offset. */
	uint64_t (*get)(const void *object, unsigned index);
	void (*set)(void *object, unsigned index, uint64_t value);
};

#define STATE_TEXT     0x01 /* elements of one byte are characters, in ASCII */
#define STATE_CLOCK    0x02 /* goes on by itself: two saves of one standing machine may differ in it */
#define STATE_OPTIONAL 0x04 /* a machine is whole without it: who does not know it passes over it */

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

#define STATE_FIELD(type, member, nm, ltr, ident)                                                            \
	{                                                                                                    \
		.name = nm, .letter = ltr, .id = ident, .size = sizeof(((type *)0)->member), .count = 1,     \
		.offset = offsetof(type, member)                                                             \
	}
#define STATE_ARRAY(type, member, nm, ltr, ident)                                                            \
	{                                                                                                    \
		.name = nm, .letter = ltr, .id = ident, .size = sizeof(((type *)0)->member[0]),              \
		.count = ARRAY_SIZE(((type *)0)->member), .offset = offsetof(type, member)                   \
	}

uint64_t state_get(const struct state_field *f, const void *object, unsigned index);
void state_set(const struct state_field *f, void *object, unsigned index, uint64_t value);
/* By letter or by name; NULL if there is none. Tables end with a NULL name. */
const struct state_field *state_find(const struct state_field *table, char letter);
const struct state_field *state_find_name(const struct state_field *table, const char *name);

#endif
