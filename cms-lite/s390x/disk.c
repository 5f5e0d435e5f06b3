/*
 * disk.c - disks: DIAGNOSE X'A4' on a virtual machine, FBA channel programs on a bare one.
 *
 * Owns: the parameters of the FBA commands. Before it: channel.c, diagnose.c. After it: the file system.
 *
 *
 * Simplification: FBA disks only; a transfer that failed is not tried again.
 */
#include "port.h"

#define CCW_WRITE_DATA      0x41
#define CCW_READ_DATA       0x42
#define CCW_LOCATE          0x43
#define CCW_DEFINE_EXTENT   0x63
#define CCW_CHARACTERISTICS 0x64

#define EXTENT_READ_ONLY 0x40
#define EXTENT_WRITE     0xc0
#define LOCATE_WRITE     0x01
#define LOCATE_READ      0x06

#define SECTORS_MAX 64u /* a transfer: 32 KiB fit a CCW's count */

struct extent {
	uint8_t mask;
	uint8_t reserved[3];
	uint32_t origin; /* of the extent on the disk */
	uint32_t first;  /* sector within the data set that the extent begins with */
	uint32_t last;
};

struct locate {
	uint8_t operation;
	uint8_t replication;
	uint16_t count;
	uint32_t sector;
};

struct characteristics {
	uint8_t flags[4];
	uint16_t sector_size;
	uint8_t geometry[8];
	uint8_t sectors[4]; /* not on a word */
	uint8_t rest[14];
};

static bool read_characteristics(uint32_t subchannel, struct characteristics *found)
{
	const struct ccw read = {CCW_CHARACTERISTICS, CCW_SLI, sizeof(*found), address_of(found)};
	struct channel_end end = channel_run(subchannel, &read);

	return channel_good(&end) && found->sector_size == CMSFS_SECTOR;
}

static int transfer(const struct disk *disk, bool write, uint32_t sector, uint32_t count, void *buffer)
{
	static struct extent extent;
	static struct locate locate;
	static struct ccw program[3];
	struct channel_end end;

	extent = (struct extent){.mask = write ? EXTENT_WRITE : EXTENT_READ_ONLY,
				 .last = disk->store.sectors - 1};
	locate = (struct locate){write ? LOCATE_WRITE : LOCATE_READ, 0, (uint16_t)count, sector};
	program[0] = (struct ccw){CCW_DEFINE_EXTENT, CCW_CHAIN_COMMAND, sizeof(extent), address_of(&extent)};
	program[1] = (struct ccw){CCW_LOCATE, CCW_CHAIN_COMMAND, sizeof(locate), address_of(&locate)};
	program[2] = (struct ccw){write ? CCW_WRITE_DATA : CCW_READ_DATA, 0, (uint16_t)(count * CMSFS_SECTOR),
				  address_of(buffer)};
	end = channel_run(disk->subchannel, program);
	return channel_good(&end) ? 0 : -1;
}

static int disk_transfer(struct cmsfs_store *store, bool write, uint32_t sector, uint32_t count, void *buffer)
{
	const struct disk *disk = (struct disk *)store;

	if (sector > store->sectors || count > store->sectors - sector)
		return -1;
	if (machine_is_virtual())
		return diagnose_block_io(disk->device, write, sector, count, buffer);
	while (count) {
		uint32_t part = count < SECTORS_MAX ? count : SECTORS_MAX;

		if (transfer(disk, write, sector, part, buffer))
			return -1;
		sector += part;
		count -= part;
		buffer = (char *)buffer + part * CMSFS_SECTOR;
	}
	return 0;
}

static int disk_read(struct cmsfs_store *store, uint32_t sector, uint32_t count, void *buffer)
{
	return disk_transfer(store, false, sector, count, buffer);
}

static int disk_write(struct cmsfs_store *store, uint32_t sector, uint32_t count, const void *buffer)
{
	return disk_transfer(store, true, sector, count, (void *)(uintptr_t)buffer);
}

bool disk_open(struct disk *disk, uint16_t device)
{
	struct characteristics found;

	*disk = (struct disk){.store = {.read = disk_read, .write = disk_write}, .device = device};
	if (machine_is_virtual())
		return diagnose_disk(device, &disk->store.sectors, &disk->store.read_only);
	disk->subchannel = channel_find(device);
	if (!disk->subchannel || !read_characteristics(disk->subchannel, &found))
		return false;
	disk->store.sectors = (uint32_t)found.sectors[0] << 24 | (uint32_t)found.sectors[1] << 16 |
			      (uint32_t)found.sectors[2] << 8 | found.sectors[3];
	return true;
}
