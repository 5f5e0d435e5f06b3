/*
 * rewrite.c - RESTORE writes a machine's disks over.
 *
 * Owns: the way of their blocks back, and that nobody gets at disks that are neither old nor new. Before: disks.c, pages.c, saved/, which keeps
 * the mark through a loss of power. After: service.c; warm.c, which finds the mark; LOGON and LINK, which refuse as long as it is there.
 * Heritage: DDR's RESTORE, which began anew when it was broken off, if the operator remembered that it had been.
 *
 * A block that is already what it is to be is not written: that is most of them, and it keeps zeros from taking room on a sparse volume.
 */
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/saved.h>
#include <cp/session_private.h>
#include <cp/string.h>
#include "snapshot.h"

#define EMSG_BOTH   (SET_EMSG_CODE | SET_EMSG_TEXT)
#define BLOCKS      8u /* of one transfer */
#define PIECE_BYTES (BLOCKS * VOLUME_BLOCK)

/* ---- blocks ------------------------------------------------------------------------------------------------------- */

/* Blocks that follow each other, until there are enough of them for one transfer. */
struct rewriting {
	struct minidisk *disk;
	uint64_t first; /* block of the disk */
	unsigned blocks;
	uint8_t now[PIECE_BYTES], wanted[PIECE_BYTES];
	uint8_t block[VOLUME_BLOCK], packed[VOLUME_BLOCK];
};

static int piece_flush(struct rewriting *w)
{
	uint64_t sector = w->first * VOLUME_SECTORS_PER_BLOCK;
	uint64_t left = w->disk ? w->disk->extent.sectors - sector : 0;
	uint32_t sectors = w->blocks * VOLUME_SECTORS_PER_BLOCK;
	int rc;

	if (!w->blocks)
		return 0;
	sectors = sectors < left ? sectors : (uint32_t)left;
	w->first += w->blocks;
	w->blocks = 0;
	rc = minidisk_read(w->disk, sector, sectors, w->now);
	if (rc == 0 && memcmp(w->now, w->wanted, (size_t)sectors * SECTOR_SIZE) != 0)
		rc = minidisk_write(w->disk, sector, sectors, w->wanted);
	task_yield();
	return rc;
}

static int block_add(struct rewriting *w)
{
	memcpy(w->wanted + w->blocks * VOLUME_BLOCK, w->block, VOLUME_BLOCK);
	return ++w->blocks == BLOCKS ? piece_flush(w) : 0;
}

/* The records were found good before; the medium may still fail. */
static int blocks_rewrite(struct restore *r, struct rewriting *w)
{
	struct image_pages p;
	int rc = 0;

	if (image_get_pages(&r->in, &p) != IMAGE_MORE ||
	    image_get_page(&r->in, &p, w->block, w->packed) != IMAGE_MORE)
		return CP_IO_ERROR;
	if (be64_get(p.first) == 0) {
		rc = piece_flush(w);
		w->disk = disk_own(device_find(r->vm, (uint16_t)r->in.instance));
		w->first = 0;
	}
	for (uint32_t n = be32_get(p.count); rc == 0 && n > 0; n--)
		rc = w->disk ? block_add(w) : CP_CANNOT;
	return rc;
}

static int all_rewrite(struct restore *r, struct rewriting *w)
{
	int status = image_open(&r->in), rc = 0;

	while (status == IMAGE_MORE && rc == 0) {
		status = image_next(&r->in);
		if (status == IMAGE_MORE && r->in.type == IMAGE_BLOCKS)
			rc = blocks_rewrite(r, w);
	}
	if (rc == 0 && status != IMAGE_DONE)
		rc = CP_IO_ERROR;
	return rc ? rc : piece_flush(w);
}

int disks_rewrite(struct restore *r)
{
	struct rewriting *w = heap_alloc(sizeof(*w));
	int rc = w ? all_rewrite(r, w) : CP_NO_STORAGE;
	struct device *d;

	heap_free(w, sizeof(*w));
	list_for_each(d, &r->vm->devices, list)
		if (rc == 0 && disk_own(d))
			rc = minidisk_flush(disk_own(d));
	return rc;
}

/* ---- who may have them ---------------------------------------------------------------------------------------------- */

static int refuse(struct restore *r, int result, const char *name)
{
	return reply_to(r->reply, EMSG_BOTH, saved_message(result), name, saved_volume());
}

/* One RESTORE of a user's disks at a time; and one that was broken off is ended before anything else is restored. */
int restore_unfinished(struct restore *r)
{
	const struct saved_image *i = saved_restoring(r->userid);

	if (!i || (i->serial == r->serial && !i->restoring))
		return 0;
	if (i->restoring)
		return refuse(r, SAVED_BUSY, i->name);
	return reply_to(r->reply, EMSG_BOTH, MSG_IMAGE_OTHER, r->name, i->name);
}

/* Has anybody else one of the disks? From the moment that this is asked nobody gets one. */
static int disks_held(struct restore *r)
{
	char text[DISK_SHARED_MAX];
	struct device *d;

	if (!r->old && vm_find(r->userid))
		return reply_to(r->reply, EMSG_BOTH, MSG_IMAGE_LOGGED_ON, r->name, r->userid);
	list_for_each(d, &r->vm->devices, list)
		if (disk_own(d) && disk_shared(r->vm, disk_own(d), false, text))
			return reply_to(r->reply, EMSG_BOTH, MSG_IMAGE_DISK_LINKED, r->name, text);
	return 0;
}

/* They cannot be what either machine takes them for: nobody has them until RESTORE is repeated, here or by the next IPL. */
static int half_restored(struct restore *r)
{
	if (r->old) {
		vm_write(r->old, "YOUR DISKS ARE RESTORED IN PART: LOGGED OFF");
		vm_request(r->old, REQUEST_LOGOFF);
	}
	return reply_to(r->reply, EMSG_BOTH, MSG_IMAGE_HALF, r->name, r->userid);
}

/* The catalogue names what goes on before the first byte of a disk is changed and until the last is on the medium. 0, or a message's number. */
static int disks_write(struct restore *r)
{
	struct saved_reader *reader = r->in.context;
	int rc = saved_restoring_set(r->serial, true);

	if (rc < 0)
		return refuse(r, rc, r->name);
	rc = saved_seek(reader, 0);
	if (rc == 0)
		rc = disks_rewrite(r);
	if (rc == 0)
		rc = saved_restoring_set(r->serial, false);
	return rc < 0 ? half_restored(r) : 0;
}

/* i stays while it is marked, and no other RESTORE of its user begins. */
int disks_restore(struct restore *r)
{
	struct saved_image *i = saved_find_serial(r->serial);
	int rc = i ? restore_unfinished(r) : refuse(r, SAVED_GONE, r->name);

	if (rc)
		return rc;
	i->restoring = true;
	rc = disks_held(r);
	if (rc == 0)
		rc = disks_write(r);
	i->restoring = false;
	return rc;
}
