/*
 * disk.c - disks: CP's, by DIAGNOSE.
 *
 * Owns: nothing. Before it: diagnose.c. After it: the file system.
 *
 * Simplification: without CP there are no disks: a PC's own are not driven.
 */
#include "port.h"

static int disk_read(struct cmsfs_store *store, uint32_t sector, uint32_t count, void *buffer)
{
	if (sector > store->sectors || count > store->sectors - sector)
		return -1;
	return diagnose_block_io(((struct disk *)store)->device, false, sector, count, buffer);
}

static int disk_write(struct cmsfs_store *store, uint32_t sector, uint32_t count, const void *buffer)
{
	if (sector > store->sectors || count > store->sectors - sector)
		return -1;
	return diagnose_block_io(((struct disk *)store)->device, true, sector, count,
				 (void *)(uintptr_t)buffer);
}

bool disk_open(struct disk *disk, uint16_t device)
{
	*disk = (struct disk){.store = {.read = disk_read, .write = disk_write}, .device = device};
	return machine_is_virtual() && diagnose_disk(device, &disk->store.sectors, &disk->store.read_only);
}
