/*
 * swap.c - another object directory while CP runs.
 *
 * Owns: the way from a slot that somebody has written to the directory in use, and what it means for who is logged on. Before:
 * directory.c; the host, or a guest, wrote the slot that CP does not use. After: the command DIRECTORY, DIAGNOSE X'3C'.
 * Heritage: DIAGNOSE X'3C' of VM/370 (DMKUDR's swap of the active directory).
 * Simplification: who is logged on keeps the machine as it is; nothing is taken out of a running machine.
 *
 * The whole slot is verified before it is used, and the old directory serves all who have begun with it to the end. A slot that turns
 * out to be damaged is wiped: CP runs from the other one, so nobody will miss it, but the next IPL would not start beside it.
 */
#include <cp/arch.h>
#include <cp/panic.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/vm.h>

#include "directory.h"

/* An emulator may keep pieces of the volume in storage and not see that the file has changed: have it read enough of others. */
#define CACHE_PIECES  512
#define CACHE_SECTORS 128

static void caches_sweep(struct volume *v)
{
	uint32_t pieces = v->blocks / (CACHE_SECTORS / VOLUME_SECTORS_PER_BLOCK);
	uint8_t sector[SECTOR_SIZE];

	for (uint32_t i = 0; i < pieces && i < CACHE_PIECES; i++)
		if (block_read(v->disk, (uint64_t)(pieces - 1 - i) * CACHE_SECTORS, 1, sector) < 0)
			return;
}

/* Is the header of the other slot the one that is meant? */
static bool wanted_there(struct volume *v, unsigned slot, const uint8_t *identity)
{
	struct object_source source = directory_source(v, slot);
	struct object_directory d;

	return object_open(&d, &source) == OBJECT_OK && memcmp(d.identity, identity, DIRECTORY_IDENTITY) == 0;
}

/* Entries that are not what they were, of those who are logged on. */
static void tell_changes(const struct directory *old, const struct directory *new, directory_report *report,
			 void *context)
{
	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm)) {
		struct object_user was, is;
		char userid[USERID_MAX + 1];
		int status;

		string_copy(userid, sizeof(userid), vm->userid);
		if (directory_find(old, userid, &was) != OBJECT_OK)
			continue;
		status = directory_find(new, userid, &is);
		if (status == OBJECT_MISSING)
			report(context, userid, true);
		else if (status == OBJECT_OK && (is.crc != was.crc || is.length != was.length))
			report(context, userid, false);
		if (!vm_find(userid)) /* logged off meanwhile: the list is not what it was */
			return;
		vm = vm_find(userid);
	}
}

static int swap(const uint8_t *identity, directory_report *report, void *context)
{
	struct volume *v = volume_find(NULL);
	struct directory *old = directory_current, *new;
	unsigned slot = 1 - old->slot;
	int status;

	if (!identity || !wanted_there(v, slot, identity))
		caches_sweep(v);
	status = directory_open_slot(&new, slot);
	if (status == OBJECT_DAMAGED || status == OBJECT_IMPOSSIBLE)
		directory_wipe(v, slot);
	if (status != OBJECT_OK)
		return status;
	if (new->d.generation <= old->d.generation ||
	    (identity && memcmp(new->d.identity, identity, DIRECTORY_IDENTITY) != 0)) {
		directory_drop(new);
		return OBJECT_MISSING;
	}
	old->users++;
	directory_use(new);
	directory_hold();
	tell_changes(old, new, report, context);
	directory_drop(new);
	directory_drop(old);
	return OBJECT_OK;
}

static tod_t held; /* until then the other slot is the host's to write */

void directory_hold_until(tod_t until)
{
	held = until;
}

bool directory_held(void)
{
	return arch_clock() < held;
}

int directory_swap(const uint8_t *identity, directory_report *report, void *context)
{
	int status;

	if (!directory_current)
		return OBJECT_EMPTY;
	if (directory_changing)
		return OBJECT_READ_ERROR;
	directory_changing = true;
	status = swap(identity, report, context);
	directory_changing = false;
	directory_hold_until(0);
	return status;
}
