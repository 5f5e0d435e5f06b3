/*
 * row.h - what the directory has beside its entries: regions, and who is in a class.
 *
 * Each is one statement, kept as a row. All changes of them come through here, and are in the history like those of entries.
 */
#ifndef DIRECTORY_ROW_H
#define DIRECTORY_ROW_H

#include "change.h"

#define ROW_TEXT_MAX 120

/* A region of a group of minidisks: blocks of a volume. */
struct region {
	const char *name, *group, *volser;
	uint32_t start, blocks;
};

bool row_region(struct change *c, const struct region *r);
bool row_region_remove(struct change *c, const char *name);

/* `secret` is the row of the password that waits while a member is suspended. */
bool row_member(struct change *c, const char *roster, const char *userid, int64_t secret, bool suspended);
/* Out of every class. */
bool row_member_remove(struct change *c, const char *userid);
bool row_member_rename(struct change *c, const char *from, const char *to);

/* Make a row what its statement says, or NULL: take it away. For undo. */
bool row_put(struct change *c, const char *kind, const char *name, const char *statement);
/* What was changed by this transaction belongs to this change. */
bool row_history(struct change *c, int64_t id);
/* What this transaction has changed so far, as change_show() does. */
void row_show(const struct change *c, bool json, FILE *out);

#endif
