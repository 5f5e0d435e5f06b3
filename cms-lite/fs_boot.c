/*
 * fs_boot.c - makes a disk that IPL can load.
 *
 * Owns: sector 0, the IPL record, and the boot blocks. Runs on the host (`vm40` building MAINT's 190).
 *
 * What is to be loaded says itself for which machine it is. A PC's nucleus is a multiboot kernel: sector 0 only says where it is,
 * for whoever knows VM/40's boot record (CP does), and the kernel says where it wants to be.
 *
 * On s390x, IPL of an FBA disk reads the first 24 bytes of sector 0 into absolute 0 and follows the CCW at 8. That one reads the
 * whole sector to IPL_SCRATCH; the TIC at 16 goes on there, where LOCATE and READ pairs fetch the nucleus. At the end
 * the PSW at 0 is loaded. The CCWs are of format 0. No DEFINE EXTENT: the IPL read has defined the extent already.
 *
 * Simplification: a LOCATE moves at most 127 sectors, as that is what a 16-bit CCW count can hold; 20 pairs are enough
 * for 1.2 MB.
 */
#include "fs_private.h"

#define IPL_SCRATCH   0x800u /* in page 0, above the fixed storage locations: no further page is touched */
#define IPL_CHAIN     0x20u  /* CCW pairs begin here in the sector */
#define IPL_PAIRS_MAX 20u
#define RUN_MAX       127u

#define CCW_READ_IPL 0x02u
#define CCW_READ     0x42u
#define CCW_LOCATE   0x43u
#define CCW_TIC      0x08u
#define CCW_CHAIN    0x40u /* command chaining */
#define CCW_SLI      0x20u
#define LOCATE_READ  0x06u

static void put_ccw(uint8_t *place, uint8_t command, uint32_t address, uint8_t flags, uint32_t count)
{
	const uint8_t ccw[8] = {command, address >> 16, address >> 8, address, flags, 0, count >> 8, count};

	memcpy(place, ccw, sizeof(ccw));
}

static void put_locate(uint8_t *place, uint32_t count, uint32_t sector)
{
	const uint8_t parameter[8] = {LOCATE_READ,  0,           count >> 8, count, sector >> 24,
				      sector >> 16, sector >> 8, sector};

	memcpy(place, parameter, sizeof(parameter));
}

/* The magic number of a multiboot header, which our PC nucleus begins with. */
static bool is_multiboot(const uint8_t *image, uint32_t size)
{
	static const uint8_t magic[] = {0x02, 0xb0, 0xad, 0x1b};

	return size > sizeof(magic) && memcmp(image, magic, sizeof(magic)) == 0;
}

/* The bytes of the image that go onto the disk: all, or what an s390x machine does not have in its first pages. */
static uint32_t nucleus_origin(const uint8_t *image, uint32_t size)
{
	return is_multiboot(image, size) ? 0 : size < CMSFS_NUCLEUS_ORIGIN ? size : CMSFS_NUCLEUS_ORIGIN;
}

static uint32_t nucleus_sectors(const uint8_t *image, uint32_t size)
{
	return (size - nucleus_origin(image, size) + CMSFS_SECTOR - 1) / CMSFS_SECTOR;
}

uint32_t cmsfs_boot_blocks(const void *image, uint32_t size)
{
	return (nucleus_sectors(image, size) + CMSFS_BLOCK_SECTORS - 1) / CMSFS_BLOCK_SECTORS;
}

/* The IPL record for `sectors` of nucleus that start at the boot block. */
static void make_record(uint8_t record[CMSFS_SECTOR], const uint8_t *psw, uint32_t sectors)
{
	uint32_t pairs = (sectors + RUN_MAX - 1) / RUN_MAX, done = 0;

	memset(record, 0, CMSFS_SECTOR);
	memcpy(record, psw, 8);
	put_ccw(record + 8, CCW_READ_IPL, IPL_SCRATCH, CCW_CHAIN | CCW_SLI, CMSFS_SECTOR);
	put_ccw(record + 16, CCW_TIC, IPL_SCRATCH + IPL_CHAIN, 0, 0);
	for (uint32_t i = 0; i < pairs; i++, done += RUN_MAX) {
		uint32_t count = sectors - done < RUN_MAX ? sectors - done : RUN_MAX;
		uint32_t ccw = IPL_CHAIN + 16 * i, parameter = IPL_CHAIN + 16 * pairs + 8 * i;

		put_locate(record + parameter, count, CMSFS_BOOT_BLOCK * CMSFS_BLOCK_SECTORS + done);
		put_ccw(record + ccw, CCW_LOCATE, IPL_SCRATCH + parameter, CCW_CHAIN, 8);
		put_ccw(record + ccw + 8, CCW_READ, CMSFS_NUCLEUS_ORIGIN + done * CMSFS_SECTOR,
			i + 1 < pairs ? CCW_CHAIN : 0, count * CMSFS_SECTOR);
	}
}

/* A PC's: "VM40BOOT", first sector, bytes, little-endian. x86_64/ipl/image.c reads it. */
static void make_pc_record(uint8_t record[CMSFS_SECTOR], uint32_t size)
{
	static const uint8_t magic[8] = {'V', 'M', '4', '0', 'B', 'O', 'O', 'T'};

	memset(record, 0, CMSFS_SECTOR);
	memcpy(record, magic, sizeof(magic));
	record[8] = CMSFS_BOOT_BLOCK * CMSFS_BLOCK_SECTORS;
	for (unsigned n = 0; n < 4; n++)
		record[12 + n] = (uint8_t)(size >> 8 * n);
}

int cmsfs_boot_write(struct cmsfs *fs, const void *image, uint32_t size)
{
	uint32_t sectors = nucleus_sectors(image, size), boot = CMSFS_BOOT_BLOCK * CMSFS_BLOCK_SECTORS;
	uint32_t origin = nucleus_origin(image, size);
	const uint8_t *from = (const uint8_t *)image + origin;
	struct cmsfs_store *store = fs->store;
	uint8_t sector[CMSFS_SECTOR];

	if (store->read_only)
		return CMSFS_READ_ONLY;
	if (sectors == 0 || sectors > IPL_PAIRS_MAX * RUN_MAX ||
	    cmsfs_boot_blocks(image, size) > cmsfs_get32(fs->super.boot_blocks))
		return CMSFS_TOO_LARGE;
	for (uint32_t i = 0; i < sectors; i++) {
		uint32_t left = size - origin - i * CMSFS_SECTOR;

		memset(sector, 0, sizeof(sector));
		memcpy(sector, from + (size_t)i * CMSFS_SECTOR, left < CMSFS_SECTOR ? left : CMSFS_SECTOR);
		if (store->write(store, boot + i, 1, sector))
			return CMSFS_IO;
	}
	if (is_multiboot(image, size))
		make_pc_record(sector, size);
	else
		make_record(sector, image, sectors);
	return store->write(store, 0, 1, sector) ? CMSFS_IO : CMSFS_OK;
}
