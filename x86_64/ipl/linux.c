/*
 * linux.c - loads a Linux kernel (bzImage) by its boot protocol.
 *
 * Owns: the setup header, boot_params, and where kernel and initramfs go. Before: ipl.c. After: the kernel's own 64-bit entry, or its
 * 32-bit one if it has no other (memtest86+ is of that kind). Source: Linux, Documentation/x86/boot.rst.
 * Simplification: the initramfs lies behind the kernel, not at the end of storage; identity tables reach to 4 GiB.
 */
#include <cp/heap.h>
#include <cp/string.h>
#include "ipl.h"

/* Offsets in the file and, from SETUP on, in boot_params. */
#define SETUP             0x1f1u
#define SETUP_SECTORS     0x1f1u
#define SYSTEM_SIZE       0x1f4u /* units of 16 bytes */
#define SIGNATURE         0x1feu
#define JUMP              0x201u
#define MAGIC             0x202u
#define VERSION           0x206u
#define LOADER_TYPE       0x210u
#define LOAD_FLAGS        0x211u
#define ENTRY_32          0x214u
#define INITRAMFS         0x218u
#define INITRAMFS_SIZE    0x21cu
#define COMMAND_LINE      0x228u
#define INITRAMFS_LIMIT   0x22cu
#define RELOCATABLE       0x234u
#define LOAD_FLAGS_64     0x236u
#define COMMAND_LINE_SIZE 0x238u
#define PREFERRED         0x258u
#define ROOM              0x260u /* the kernel wants from where it is loaded */
#define SETUP_END         0x290u

/* Others of boot_params. */
#define MAP_ENTRIES 0x1e8u
#define MAP         0x2d0u

#define VERSION_FIRST     0x206u /* has all but the fields of 64-bit kernels */
#define VERSION_PREFERRED 0x20au
#define VERSION_64        0x20cu
#define LOADED_HIGH       0x01
#define HAS_ENTRY_64      0x0001
#define ENTRY_64          0x200u /* from where it is loaded */
#define LOADER_UNKNOWN    0xff
#define SIGNATURE_VALUE   0xaa55
#define MAGIC_VALUE       0x53726448u /* "HdrS" */

bool linux_is(const struct load *l)
{
	return get16(l->head + SIGNATURE) == SIGNATURE_VALUE && get32(l->head + MAGIC) == MAGIC_VALUE;
}

/* What the header says, checked. */
struct kernel {
	uint64_t offset, size; /* of the part that is loaded */
	gabs_t at, end;        /* storage it wants: from where it is loaded to behind it */
	bool wide;             /* has a 64-bit entry */
	uint32_t line_max;     /* of its command line, with the zero at its end */
	uint64_t initramfs_limit;
};

static int kernel_read(struct load *l, struct kernel *k)
{
	const uint8_t *h = l->head;
	unsigned version = get16(h + VERSION), sectors = h[SETUP_SECTORS] ? h[SETUP_SECTORS] : 4;

	if (version < VERSION_FIRST || !(h[LOAD_FLAGS] & LOADED_HIGH))
		return ipl_cannot(l, "the kernel's boot protocol %u.%02u is too old", version >> 8,
				  version & 0xff);
	k->offset = (sectors + 1) * 512;
	k->size = (uint64_t)get32(h + SYSTEM_SIZE) * 16;
	k->wide = version >= VERSION_64 && (get16(h + LOAD_FLAGS_64) & HAS_ENTRY_64);
	k->at = version >= VERSION_PREFERRED && h[RELOCATABLE] ? get64(h + PREFERRED) : HIGH_FIRST;
	k->line_max = get32(h + COMMAND_LINE_SIZE);
	k->line_max = k->line_max && k->line_max < COMMAND_LINE_MAX ? k->line_max + 1 : COMMAND_LINE_MAX;
	k->initramfs_limit = (uint64_t)get32(h + INITRAMFS_LIMIT) + 1;
	k->end = k->size;
	if (version >= VERSION_PREFERRED && get32(h + ROOM) > k->end)
		k->end = get32(h + ROOM);
	if (k->at < HIGH_FIRST || k->at > UINT32_MAX || !k->size)
		return ipl_cannot(l, "the kernel's header makes no sense: it wants %lX bytes at %lX",
				  (unsigned long)k->size, (unsigned long)k->at);
	k->end = (k->at + k->end + PAGE_SIZE - 1) & PAGE_MASK;
	if (k->end > l->vm->storage.size)
		return ipl_cannot(l, "the kernel wants storage up to %lX, which this machine has not",
				  (unsigned long)k->end);
	return 0;
}

static int kernel_load(struct load *l, const struct kernel *k)
{
	int64_t n = image_load(&l->image, k->offset, l->vm, k->at, k->size);

	if (n < 0)
		return ipl_failed(l, n);
	if ((uint64_t)n + 15 < k->size) /* the last unit may be a part of one */
		return ipl_cannot(l, "the kernel is cut short: %lu bytes of %lu", (unsigned long)n,
				  (unsigned long)k->size);
	return 0;
}

/* ---- what the kernel is told ------------------------------------------------------------ */

static void parameters_make(struct load *l, const struct kernel *k, uint32_t initramfs, uint8_t *p)
{
	unsigned end = MAGIC + l->head[JUMP];
	struct map_range map[MAP_RANGES];
	unsigned ranges = map_ranges(l->vm, map);

	memset(p, 0, PAGE_SIZE);
	memcpy(p + SETUP, l->head + SETUP, (end < SETUP_END ? end : SETUP_END) - SETUP);
	p[LOADER_TYPE] = LOADER_UNKNOWN;
	set32(p + INITRAMFS, initramfs ? (uint32_t)k->end : 0);
	set32(p + INITRAMFS_SIZE, initramfs);
	set32(p + COMMAND_LINE, BOOT_COMMAND_LINE);
	if (!k->wide)
		set32(p + ENTRY_32, (uint32_t)k->at);
	p[MAP_ENTRIES] = (uint8_t)ranges;
	memcpy(p + MAP, map, ranges * sizeof(map[0]));
}

/* Tables that map the first 4 GiB to themselves, in pages of 2 MiB: one root, one table of four, four of 512. */
static int tables_make(struct load *l, uint64_t *table)
{
	enum { PRESENT = 3, LARGE = 0x80, ENTRIES = 512 };
	gabs_t at = BOOT_PAGE_TABLES;
	int rc;

	memset(table, 0, PAGE_SIZE);
	table[0] = (at + PAGE_SIZE) | PRESENT;
	rc = guest_write(l->vm, at, table, PAGE_SIZE);
	for (unsigned n = 0; n < 4; n++)
		table[n] = (at + (2 + n) * PAGE_SIZE) | PRESENT;
	if (rc == 0)
		rc = guest_write(l->vm, at + PAGE_SIZE, table, PAGE_SIZE);
	for (unsigned n = 0; n < 4 && rc == 0; n++) {
		for (unsigned e = 0; e < ENTRIES; e++)
			table[e] = (uint64_t)(n * ENTRIES + e) << 21 | PRESENT | LARGE;
		rc = guest_write(l->vm, at + (2 + n) * PAGE_SIZE, table, PAGE_SIZE);
	}
	return rc;
}

static int tell(struct load *l, const struct kernel *k, uint32_t initramfs)
{
	uint8_t *page = heap_alloc(PAGE_SIZE);
	int rc = page ? 0 : CP_NO_STORAGE;

	if (rc == 0) {
		parameters_make(l, k, initramfs, page);
		rc = guest_write(l->vm, BOOT_INFORMATION, page, PAGE_SIZE);
	}
	l->command[k->line_max - 1] = '\0';
	if (rc == 0)
		rc = guest_write(l->vm, BOOT_COMMAND_LINE, l->command, strlen(l->command) + 1);
	if (rc == 0 && k->wide)
		rc = tables_make(l, (uint64_t *)(void *)page);
	heap_free(page, PAGE_SIZE);
	return rc ? ipl_failed(l, rc) : 0;
}

int linux_load(struct load *l)
{
	struct kernel k = {0};
	uint64_t limit = l->vm->storage.size;
	int rc = kernel_read(l, &k);
	int64_t initramfs;

	if (rc == 0)
		rc = kernel_load(l, &k);
	if (rc == 0)
		rc = ipl_command_line(l);
	if (rc)
		return rc;
	if (limit > k.initramfs_limit)
		limit = k.initramfs_limit;
	initramfs = ipl_next_file(l, k.end, limit);
	if (initramfs < 0)
		return ipl_failed(l, initramfs);
	l->start = (struct guest_start){
		.mode = k.wide ? START_LONG64 : START_FLAT32,
		.rip = k.at + (k.wide ? ENTRY_64 : 0),
		.rsi = BOOT_INFORMATION,
		.page_tables = BOOT_PAGE_TABLES,
	};
	return tell(l, &k, (uint32_t)initramfs);
}
