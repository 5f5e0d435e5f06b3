/*
 * block.c - CP's real disks: which there are, and transfers of any length.
 *
 * Before it: a driver of the port that found a disk (virtio-blk, FBA). After
 * it: the volume layer, which looks for labels.
 * A transfer is checked against the disk's size here and nowhere else, then
 * cut into pieces the driver can take.
 * Known simplification: no queueing or merging; each caller waits for its own
 * transfer.
 * Heritage: DMKIOS (I/O supervisor).
 */
#include <cp/block.h>

static struct list disks = LIST_INIT(disks);

void block_register(struct block_device *d)
{
	list_append(&disks, &d->all);
}

struct block_device *block_device(unsigned n)
{
	struct block_device *d;

	list_for_each(d, &disks, all) {
		if (!n--)
			return d;
	}
	return NULL;
}

static bool block_outside(const struct block_device *d, uint64_t sector, uint32_t count)
{
	return sector > d->sectors || count > d->sectors - sector;
}

static uint32_t block_piece(const struct block_device *d, uint32_t count)
{
	return count < d->max_sectors ? count : d->max_sectors;
}

int block_read(struct block_device *d, uint64_t sector, uint32_t count, void *buf)
{
	char *to = buf;

	if (block_outside(d, sector, count))
		return -1;
	while (count) {
		uint32_t piece = block_piece(d, count);
		int rc = d->driver->read(d, sector, piece, to);

		if (rc < 0)
			return rc;
		sector += piece;
		count -= piece;
		to += (size_t)piece * SECTOR_SIZE;
	}
	return 0;
}

int block_write(struct block_device *d, uint64_t sector, uint32_t count, const void *buf)
{
	const char *from = buf;

	if (block_outside(d, sector, count))
		return -1;
	while (count) {
		uint32_t piece = block_piece(d, count);
		int rc = d->driver->write(d, sector, piece, from);

		if (rc < 0)
			return rc;
		sector += piece;
		count -= piece;
		from += (size_t)piece * SECTOR_SIZE;
	}
	return 0;
}

int block_flush(struct block_device *d)
{
	return d->driver->flush(d);
}
