/*
 * range.h - "first-last", "first:END", "first.count": how DISPLAY and STORE name places.
 */
#ifndef COMMAND_RANGE_H
#define COMMAND_RANGE_H

#include <cp/command.h>

struct range {
	uint64_t first, last; /* both belong to it */
	bool single;          /* only one place was named */
};

/* Storage addresses up to limit - 1. 0, or answers and returns the message number. An empty text is 0 to 0. */
int range_storage(struct command *c, const char *text, uint64_t limit, struct range *r);
/* Register numbers up to count - 1, decimal or a hexadecimal digit. An empty text is all of them. */
int range_registers(struct command *c, const char *text, unsigned count, struct range *r);
/* Is it the place where the CPU stands: "PSW", or the port's word for it? */
bool range_location(const char *token);
/* The register table's row for "G", "X3", "CR3" ..., or NULL; *numbers is what stands behind the letter or name. */
const struct state_field *range_register(const char *token, const char **numbers);

#endif
