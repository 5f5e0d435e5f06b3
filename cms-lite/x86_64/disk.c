/*
 * disk.c - disks: CP's, by DIAGNOSE.
 *
 * Owns: nothing. Before it: diagnose.c. After it: the file system.
 *
 * Simplification: without CP there are no disks: a PC's own are not driven.
 */
#include "port.h"

#define COMMAND_CHARACTERISTICS 0x64
#define CHARACTERISTICS_SIZE    32u
#define AT_SECTORS              14u /* big-endian, not on a word */

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
	static uint8_t found[CHARACTERISTICS_SIZE];
	static struct operation list;
	struct diagnose_registers r = {.x = (uintptr_t)&list};
	uint32_t information = 0;

	*disk = (struct disk){.store = {.read = disk_read, .write = disk_write}, .device = device};
	if (!machine_is_virtual())
		return false;
	list = (struct operation){.device = device,
				  .command = COMMAND_CHARACTERISTICS,
				  .buffer = (uint32_t)(uintptr_t)found,
				  .count = sizeof(found)};
	if (!diagnose_device(device, &information) || machine_diagnose(DIAGNOSE_OPERATION, &r) != 0)
		return false;
	for (unsigned n = 0; n < 4; n++)
		disk->store.sectors = disk->store.sectors << 8 | found[AT_SECTORS + n];
	disk->store.read_only = (information & DEVICE_FLAG_READ_ONLY) != 0;
	return true;
}
