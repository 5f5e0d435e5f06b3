/*
 * disk.c - minidisks: add, grow, move, replace, remove; and the regions they come from.
 *
 * Owns: that a disk's contents are where the directory says before the directory says it. Before it: space.c, statements.c. After it:
 * roster.c, which gives a class its disks.
 * Heritage: DirMaint's AMDISK, CMDISK, DMDISK, RMDISK and its DATAMOVE machine.
 * Simplification: contents are copied by the host while the machine is down; an online copy would need a snapshot.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"
#include "disk.h"
#include "row.h"
#include "space.h"
#include "statements.h"

bool disk_ours(const struct verb *v, const char *volser)
{
	return v->s.fd >= 0 && strcmp(v->s.volser, volser) == 0;
}

int disk_make(struct verb *v, const struct direct_disk *disk)
{
	if (!disk_ours(v, disk->volser) || v->d->dry)
		return 0; /* whoever brings the volume formats it */
	if (!store_zero(&v->s, (uint64_t)disk->start * VOLUME_SECTOR, (uint64_t)disk->blocks * VOLUME_SECTOR))
		return 1;
	return v->d->format == NULL ? 0 : v->d->format(v->d->context, disk) != 0;
}

int disk_copy(struct verb *v, const char *volser, uint32_t from, uint32_t to, uint32_t blocks)
{
	static uint8_t piece[256 << 10];
	uint64_t left = (uint64_t)blocks * VOLUME_SECTOR, at = 0;

	if (!disk_ours(v, volser))
		return verb_fail(v, "the contents lie on volume %s, which is not at hand", volser);
	if (v->d->dry)
		return 0;
	for (size_t n; left > 0; left -= n, at += n) {
		n = left < sizeof(piece) ? (size_t)left : sizeof(piece);
		if (!store_read(&v->s, (uint64_t)from * VOLUME_SECTOR + at, piece, n) ||
		    !store_write(&v->s, (uint64_t)to * VOLUME_SECTOR + at, piece, n))
			return 1;
	}
	return store_flush(&v->s) ? 0 : 1;
}

/* ---- one disk ----------------------------------------------------------------------------------------------------------- */

struct job {
	struct verb *v;
	const char *userid, *group;
	unsigned vdev;
	uint64_t blocks;
	struct statements s;
	int at;                    /* its statement, -1: none */
	const struct device *disk; /* as it was */
	struct space space;
};

static int room_take(struct job *j, uint32_t blocks, uint32_t *start, const char **volser)
{
	const struct model *old = &j->v->c.old;

	if (!space_load(&j->space, &j->v->c.d, j->group, old->volser, &j->v->space))
		return 1;
	if (!space_take(&j->space, blocks, start, volser))
		return verb_fail(j->v, "there is no room for %u blocks%s%s", blocks,
				 j->group != NULL ? " in group " : "", j->group != NULL ? j->group : "");
	return 0;
}

/* Where and how large the disk is from now on. */
static void extent_set(struct job *j, uint32_t start, uint32_t blocks, const char *volser)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", start);
	statements_set_word(&j->s, (unsigned)j->at, 3, text);
	snprintf(text, sizeof(text), "%u", blocks);
	statements_set_word(&j->s, (unsigned)j->at, 4, text);
	statements_set_word(&j->s, (unsigned)j->at, 5, volser);
}

static int disk_add(struct job *j)
{
	struct direct_disk disk = {
		.userid = j->userid, .vdev = (uint16_t)j->vdev, .blocks = (uint32_t)j->blocks};
	char line[100];

	if (j->at >= 0)
		return verb_fail(j->v, "%s has a device %04X already", j->userid, j->vdev);
	if (room_take(j, disk.blocks, &disk.start, &disk.volser) != 0)
		return 1;
	snprintf(line, sizeof(line), "MDISK %03X 9336 %u %u %s MR", j->vdev, disk.start, disk.blocks,
		 disk.volser);
	statements_put(&j->s, line);
	return disk_make(j->v, &disk);
}

static int disk_replace(struct job *j)
{
	struct direct_disk disk = {.userid = j->userid,
				   .vdev = (uint16_t)j->vdev,
				   .blocks = j->blocks != 0 ? (uint32_t)j->blocks : j->disk->sectors};

	if (room_take(j, disk.blocks, &disk.start, &disk.volser) != 0)
		return 1;
	extent_set(j, disk.start, disk.blocks, disk.volser);
	return disk_make(j->v, &disk);
}

/* Elsewhere, with its contents, perhaps longer; what is behind them is zeros. */
static int disk_move(struct job *j)
{
	uint32_t blocks = j->blocks != 0 ? (uint32_t)j->blocks : j->disk->sectors, start;
	const char *volser;

	if (blocks < j->disk->sectors)
		return verb_fail(j->v, "minidisk %04X of %s has %u blocks: it cannot be made shorter",
				 j->vdev, j->userid, j->disk->sectors);
	if (room_take(j, blocks, &start, &volser) != 0)
		return 1;
	if (!disk_ours(j->v, volser))
		return verb_fail(j->v, "volume %s is not at hand", volser);
	if (!j->v->d->dry &&
	    !store_zero(&j->v->s, (uint64_t)start * VOLUME_SECTOR, (uint64_t)blocks * VOLUME_SECTOR))
		return 1;
	extent_set(j, start, blocks, volser);
	return disk_copy(j->v, j->disk->volser, j->disk->start, start, j->disk->sectors);
}

static int disk_grow(struct job *j)
{
	uint32_t more = (uint32_t)j->blocks - j->disk->sectors;
	uint64_t end = (uint64_t)j->disk->start + j->disk->sectors;

	if (j->blocks <= j->disk->sectors)
		return verb_fail(j->v, "minidisk %04X of %s has %u blocks already", j->vdev, j->userid,
				 j->disk->sectors);
	if (!space_load(&j->space, &j->v->c.d, j->group, j->v->c.old.volser, &j->v->space))
		return 1;
	if (end % SPACE_ALIGN != 0 || !space_take_at(&j->space, j->disk->volser, end, more)) {
		space_free(&j->space);
		return disk_move(j);
	}
	extent_set(j, j->disk->start, (uint32_t)j->blocks, j->disk->volser);
	if (disk_ours(j->v, j->disk->volser) && !j->v->d->dry)
		return store_zero(&j->v->s, end * VOLUME_SECTOR, (uint64_t)more * VOLUME_SECTOR) ? 0 : 1;
	return 0;
}

static int disk_remove(struct job *j)
{
	char words[32];

	snprintf(words, sizeof(words), "MDISK %03X", j->vdev);
	return statements_drop(&j->s, words) == 1 ? 0 : 1;
}

static const struct {
	int (*run)(struct job *j);
	const char *name;
	bool copies; /* contents: not under a running machine's eyes */
} verbs[] = {
	[DISK_ADD] = {disk_add, "add", false},          [DISK_GROW] = {disk_grow, "grow", true},
	[DISK_MOVE] = {disk_move, "move", true},        [DISK_REPLACE] = {disk_replace, "replace", false},
	[DISK_REMOVE] = {disk_remove, "remove", false},
};

static int disk_run(struct verb *v, enum direct_disk_verb verb, struct job *j)
{
	struct user *u = change_old(&v->c, false, j->userid);
	char *text;
	int status;

	if (u == NULL)
		return verb_fail(v, "there is no USER %s", j->userid);
	j->disk = user_find_device(u, (uint16_t)j->vdev);
	if (verb != DISK_ADD && (j->disk == NULL || j->disk->kind != DEVICE_MDISK || j->disk->sectors == 0))
		return verb_fail(v, "%s has no minidisk %04X of its own%s", j->userid, j->vdev,
				 j->disk != NULL && j->disk->sectors == 0 ? " with a length" : "");
	if (j->blocks > UINT32_MAX || (verb == DISK_ADD && j->blocks == 0))
		return verb_fail(v, "expected a size");
	if (verbs[verb].copies && v->d->online)
		return verb_fail(
			v, "contents are not copied while a machine runs from the volume: end it first");
	statements_of(&j->s, u);
	j->at = statements_device(&j->s, j->vdev);
	status = verbs[verb].run(j);
	text = statements_text(&j->s);
	if (status == 0)
		status = change_put(&v->c, text) ? 0 : 1;
	free(text);
	statements_free(&j->s);
	space_free(&j->space);
	return status;
}

int direct_disk(const struct direct *d, enum direct_disk_verb verb, const char *userid, unsigned vdev,
		uint64_t blocks, const char *group)
{
	struct name name = name_of(userid);
	struct verb v;
	struct job j = {.v = &v, .userid = name.text, .group = group, .vdev = vdev, .blocks = blocks};
	int status = verb_begin(&v, d, DATABASE_WRITE);

	if (status == 0)
		status = disk_run(&v, verb, &j);
	if (status == 0)
		status = verb_commit(&v, "disk %s %03X of %s", verbs[verb].name, vdev, name.text);
	verb_end(&v);
	return status;
}

/* ---- regions ---------------------------------------------------------------------------------------------------------------- */

static bool region_good(struct verb *v, const struct region *r)
{
	size_t n = strlen(r->name), group = strlen(r->group), volser = strlen(r->volser);

	if (n >= 1 && n <= 8 && group >= 1 && group <= 8 && volser >= 1 && volser <= 6)
		return true;
	verb_fail(v, "a region and its group have names of 1 to 8 characters, a volume's has at most 6");
	return false;
}

int direct_region(const struct direct *d, const char *name, const char *volser, uint32_t start,
		  uint32_t blocks, const char *group)
{
	struct name upper[3] = {name_of(name), name_of(group != NULL ? group : name),
				name_of(volser != NULL ? volser : "")};
	struct region r = {upper[0].text, upper[1].text, upper[2].text, start, blocks};
	struct direct alone = *d;
	struct verb v;
	int status;

	alone.volume = NULL; /* CP does not know of regions */
	status = verb_begin(&v, &alone, DATABASE_WRITE);
	if (status == 0)
		status = blocks == 0 ? !row_region_remove(&v.c, r.name)
				     : !(region_good(&v, &r) && row_region(&v.c, &r));
	if (status == 0)
		status = verb_commit(&v, blocks == 0 ? "remove region %s" : "region %s", r.name);
	verb_end(&v);
	return status;
}
