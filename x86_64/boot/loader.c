/*
 * loader.c - what the boot loader told CP about this machine.
 *
 * Owns: reading the two boot protocols, PVH (QEMU's -kernel) and multiboot2
 * (GRUB), into one struct boot. Called once by arch_init(), before the
 * storage in which the loader left this is given away.
 * Source: Xen, xen/include/public/arch-x86/hvm/start_info.h; the multiboot2
 * specification, section 3.6.
 */
#include <arch/boot.h>
#include <cp/string.h>

#define PVH_MAGIC        0x336ec578
#define MULTIBOOT2_MAGIC 0x36d76289
#define STORAGE_USABLE   1 /* in both protocols, as in the BIOS call E820 */

struct pvh_range {
	uint64_t from, size;
	uint32_t type, reserved;
};

struct pvh {
	uint32_t magic, version, flags, modules;
	uint64_t module_list, command_line, rsdp, map; /* map: version 1 and later */
	uint32_t map_entries, reserved;
};

/* Multiboot2: a total length, then tags, each on a multiple of 8. */
enum { TAG_END = 0, TAG_MAP = 6, TAG_RSDP_1 = 14, TAG_RSDP_2 = 15 };

struct tag {
	uint32_t type, size;
};

struct tag_map {
	struct tag tag;
	uint32_t entry_size, entry_version;
	struct pvh_range entry[]; /* of the same shape */
};

uint32_t boot_magic, boot_information; /* EAX and EBX at the start: start.S */

static void range_add(struct boot *b, const struct pvh_range *r)
{
	if (r->type == STORAGE_USABLE && b->ranges < BOOT_RANGES)
		b->storage[b->ranges++] = (struct boot_range){r->from, r->from + r->size};
}

static void pvh_read(struct boot *b, const struct pvh *p)
{
	const struct pvh_range *map = (const struct pvh_range *)(uintptr_t)p->map;

	b->protocol = "PVH";
	b->rsdp = (const void *)(uintptr_t)p->rsdp;
	for (uint32_t n = 0; p->version >= 1 && n < p->map_entries; n++)
		range_add(b, &map[n]);
}

static void map_read(struct boot *b, const struct tag_map *m)
{
	const char *end = (const char *)m + m->tag.size;

	for (const char *e = (const char *)m->entry; e < end; e += m->entry_size)
		range_add(b, (const struct pvh_range *)(const void *)e);
}

/* The root pointer comes as a copy inside the tag, in storage that will be used again. */
static void rsdp_read(struct boot *b, const struct tag *t)
{
	static char copy[36];
	size_t size = t->size - sizeof(*t);

	memcpy(copy, t + 1, size < sizeof(copy) ? size : sizeof(copy));
	b->rsdp = copy;
}

static void multiboot2_read(struct boot *b, const char *information)
{
	const struct tag *t = (const struct tag *)(const void *)(information + 8);

	b->protocol = "multiboot2";
	while (t->type != TAG_END) {
		if (t->type == TAG_MAP)
			map_read(b, (const struct tag_map *)(const void *)t);
		else if (t->type == TAG_RSDP_1 || t->type == TAG_RSDP_2)
			rsdp_read(b, t);
		t = (const struct tag *)(const void *)((const char *)t + ((t->size + 7) & ~7u));
	}
}

bool boot_read(struct boot *b)
{
	const void *information = (const void *)(uintptr_t)boot_information;

	memset(b, 0, sizeof(*b));
	if (boot_magic == MULTIBOOT2_MAGIC)
		multiboot2_read(b, information);
	else if (information && *(const uint32_t *)information == PVH_MAGIC)
		pvh_read(b, information);
	return b->ranges > 0;
}
