/*
 * save.h - saving machines to the area of saved machines, and making machines of what is there.
 *
 * Owned by snapshot/service.c. The calls sleep, and are not for a virtual CPU's task: what a guest asks for by DIAGNOSE is done by
 * save_later(). Heritage: DMKCKP and DMKWRM, whose checkpoint and warm start kept spool files and the accounts, but no machine.
 */
#ifndef CP_SAVE_H
#define CP_SAVE_H

#include <cp/saved.h>
#include <cp/session.h>

struct vm;

/* What is wanted. */
struct save_order {
	bool restore;
	bool disks;  /* SAVE: the machine's own disks, too */
	bool anyway; /* RESTORE: facilities may be missing */
	tod_t held;  /* SAVE: since when, by vm_hold(), for the machine itself has asked; 0: it is not */
	bool quiet;  /* SAVE: nothing is said when it is done */
	enum saved_kind kind;
	char userid[9]; /* whose machine */
	char name[9];
	char asker[9]; /* who is told, when it is done later */
};

/* Do it, and say so. 0, or the number of the message that was written. */
int save_now(const struct save_order *o, struct reply *reply);
/* Have it done by a task of its own; o->asker hears of it. false: no storage. */
bool save_later(const struct save_order *o);

/* ---- what CP saves by itself: images of the kind SAVED_AUTOSAVE -------------------------------------------------- */

#define SHUTDOWN_NAME "SHUTDOWN" /* until the machine is back, by the next IPL or by RESTORE */
#define AUTOSAVE_NAME "AUTOSAVE" /* the last one that SET AUTOSAVE had made; stays */

/* warm.c: every machine is saved and stands still from now on: CP may end. Else they all go on, and the number of the message that
 * was written comes back. `asker`: the session (or NULL) whose command it is. */
int machines_save(struct session *asker, struct reply *reply);
/* At IPL, before anybody is logged on: they are back, disconnected, and their images gone. The operator hears of those that stay. */
void machines_warm_start(void);

#define AUTOSAVE_MAX 86400u /* seconds */
/* autosave.c: save vm every so many seconds, 0: no more. false: no storage. */
bool autosave_set(struct vm *vm, uint32_t seconds);

#endif
