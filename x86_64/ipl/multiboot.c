/*
 * multiboot.c - loads a multiboot (version 1) kernel.
 *
 * Owns: the header, and the information that the kernel is given: storage, command line, modules. Before: ipl.c. After: elf.c, if the
 * header has no addresses. Source: Multiboot Specification 0.6.96.
 * Simplification: no video mode, no boot device, no drives; modules are the reader's files from the third on.
 */
#include <cp/heap.h>
#include <cp/string.h>
#include "ipl.h"

#define MAGIC                0x1badb002u
#define TOLD                 0x2badb002u
#define FLAG_MODULES_ALIGNED 0x00000001u
#define FLAG_STORAGE         0x00000002u
#define FLAG_REQUIRED        0x0000ffffu
#define FLAG_ADDRESSES       0x00010000u

/* Of the header, as words. */
enum {
	HEADER_MAGIC,
	HEADER_FLAGS,
	HEADER_CHECKSUM,
	HEADER_AT,
	LOAD_AT,
	LOAD_END,
	BSS_END,
	ENTRY,
	HEADER_WORDS
};

/* Of the information. */
#define INFO_STORAGE 0x001
#define INFO_COMMAND 0x004
#define INFO_MODULES 0x008
#define INFO_MAP     0x040
#define INFO_NAME    0x200

struct information {
	uint32_t flags, lower, upper, boot_device, command, modules, module_list, symbols[4], map_length, map,
		drives_length, drives, configuration, name;
};

#define MODULES_MAX 16
struct module {
	uint32_t from, to, text, reserved;
};

/* All that is told stands in one page. */
struct told {
	struct information information;
	char name[16];
	struct {
		uint32_t size;
		struct map_range range;
	} __attribute__((packed)) map[MAP_RANGES];
	struct module module[MODULES_MAX];
};

#define TOLD_AT(member) (BOOT_INFORMATION + (uint32_t)offsetof(struct told, member))

/* Where in the head the header stands; HEAD_SIZE: nowhere. */
static uint32_t header_find(const struct load *l)
{
	for (uint32_t at = 0; at + 12 <= HEAD_SIZE; at += 4) {
		const uint8_t *h = l->head + at;

		if (get32(h) == MAGIC && get32(h) + get32(h + 4) + get32(h + 8) == 0)
			return at;
	}
	return HEAD_SIZE;
}

bool multiboot_is(const struct load *l)
{
	return header_find(l) < HEAD_SIZE;
}

/* ---- the kernel --------------------------------------------------------------------- */

/* By the addresses of the header. LOAD_END 0: all of the file; BSS_END 0: nothing to clear. */
static int load_by_addresses(struct load *l, uint32_t at, const uint32_t *h, gabs_t *end, uint64_t *entry)
{
	uint64_t size = l->vm->storage.size, n, to = h[LOAD_AT];
	int64_t rc;

	if (h[HEADER_AT] < to || h[HEADER_AT] - to > at || to < HIGH_FIRST || to >= size ||
	    h[LOAD_END] > size || h[BSS_END] > size || (h[LOAD_END] && h[LOAD_END] < to))
		return ipl_cannot(
			l, "the multiboot header's addresses make no sense, or are not in storage: %X to %X",
			h[LOAD_AT], h[BSS_END]);
	n = h[LOAD_END] ? h[LOAD_END] - to : size - to;
	rc = image_load(&l->image, at - (h[HEADER_AT] - to), l->vm, to, n);
	if (rc < 0)
		return ipl_failed(l, rc);
	if (h[LOAD_END] && (uint64_t)rc < n)
		return ipl_cannot(l, "the kernel is cut short: %lu bytes of %lu", (unsigned long)rc,
				  (unsigned long)n);
	*end = to + (uint64_t)rc;
	if (h[BSS_END] > *end) {
		if (ipl_clear(l->vm, *end, h[BSS_END]) < 0)
			return ipl_failed(l, CP_NO_STORAGE);
		*end = h[BSS_END];
	}
	*entry = h[ENTRY];
	return 0;
}

static int kernel_load(struct load *l, gabs_t *end, uint64_t *entry)
{
	uint32_t at = header_find(l), h[HEADER_WORDS];

	if (get32(l->head + at + 4) & FLAG_REQUIRED & ~(FLAG_MODULES_ALIGNED | FLAG_STORAGE))
		return ipl_cannot(l, "the kernel wants what no virtual PC has (multiboot flags %08X)",
				  get32(l->head + at + 4));
	if (!(get32(l->head + at + 4) & FLAG_ADDRESSES))
		return elf_load(l, end, entry);
	if (at + sizeof(h) > HEAD_SIZE)
		return ipl_cannot(l, "the multiboot header is cut short");
	for (unsigned n = 0; n < HEADER_WORDS; n++)
		h[n] = get32(l->head + at + 4 * n);
	return load_by_addresses(l, at, h, end, entry);
}

/* ---- what it is told ------------------------------------------------------------------- */

static int modules_load(struct load *l, struct told *t, gabs_t to)
{
	for (unsigned n = 0; n < MODULES_MAX; n++) {
		int64_t size;

		to = (to + PAGE_SIZE - 1) & PAGE_MASK;
		size = ipl_next_file(l, to,
				     l->vm->storage.size < UINT32_MAX ? l->vm->storage.size : UINT32_MAX);
		if (size < 0)
			return ipl_failed(l, size);
		if (size == 0)
			break;
		t->module[n] =
			(struct module){(uint32_t)to, (uint32_t)(to + (uint64_t)size), BOOT_COMMAND_LINE, 0};
		t->information.modules = n + 1;
		to += (uint64_t)size;
	}
	return 0;
}

static void storage_tell(struct load *l, struct told *t)
{
	struct map_range range[MAP_RANGES];
	unsigned ranges = map_ranges(l->vm, range);
	uint64_t upper = (l->vm->storage.size - HIGH_FIRST) >> 10;

	t->information.lower = (uint32_t)(range[0].size >> 10);
	t->information.upper = upper < UINT32_MAX ? (uint32_t)upper : UINT32_MAX;
	t->information.map = TOLD_AT(map);
	t->information.map_length = ranges * (uint32_t)sizeof(t->map[0]);
	for (unsigned n = 0; n < ranges; n++) {
		t->map[n].size = sizeof(range[n]);
		t->map[n].range = range[n];
	}
}

static int tell(struct load *l, struct told *t, gabs_t end)
{
	int rc;

	storage_tell(l, t);
	string_copy(t->name, sizeof(t->name), "VM/40");
	t->information.flags = INFO_STORAGE | INFO_COMMAND | INFO_MODULES | INFO_MAP | INFO_NAME;
	t->information.command = BOOT_COMMAND_LINE;
	t->information.module_list = TOLD_AT(module);
	t->information.name = TOLD_AT(name);
	rc = modules_load(l, t, end);
	if (rc)
		return rc;
	rc = guest_write(l->vm, BOOT_INFORMATION, t, sizeof(*t));
	if (rc == 0)
		rc = guest_write(l->vm, BOOT_COMMAND_LINE, l->command, strlen(l->command) + 1);
	return rc ? ipl_failed(l, rc) : 0;
}

int multiboot_load(struct load *l)
{
	uint64_t entry = 0;
	struct told *t;
	gabs_t end = 0;
	int rc = kernel_load(l, &end, &entry);

	if (rc == 0)
		rc = ipl_command_line(l);
	if (rc)
		return rc;
	t = heap_alloc(sizeof(*t));
	if (!t)
		return ipl_failed(l, CP_NO_STORAGE);
	rc = tell(l, t, end);
	heap_free(t, sizeof(*t));
	l->start = (struct guest_start){
		.mode = START_FLAT32, .rip = entry, .rax = TOLD, .rbx = BOOT_INFORMATION};
	return rc;
}
