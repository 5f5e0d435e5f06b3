/*
 * save.h - saving machines to the area of saved machines, and making machines of what is there.
 *
 * Owned by snapshot/service.c. The calls sleep, and are not for a virtual CPU's task: what a guest asks for by DIAGNOSE is done by
 * save_later().
 */
#ifndef CP_SAVE_H
#define CP_SAVE_H

#include <cp/saved.h>
#include <cp/session.h>

struct vm;

/* What is wanted. */
struct save_order {
	bool restore;
	bool anyway; /* RESTORE: facilities may be missing */
	tod_t held;  /* SAVE: since when, by vm_hold(), for the machine itself has asked; 0: it is not */
	enum saved_kind kind;
	char userid[9]; /* whose machine */
	char name[9];
	char asker[9]; /* who is told, when it is done later */
};

/* Do it, and say so. 0, or the number of the message that was written. */
int save_now(const struct save_order *o, struct reply *reply);
/* Have it done by a task of its own; o->asker hears of it. false: no storage. */
bool save_later(const struct save_order *o);

#endif
