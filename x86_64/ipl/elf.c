/*
 * elf.c - the segments of a 32-bit ELF kernel.
 *
 * Before: multiboot.c. Source: System V ABI, chapters 4 and 5.
 * Simplification: program headers stand in the file's first 8 KiB, as linkers put them.
 */
#include <cp/string.h>
#include "ipl.h"

#define CLASS            4 /* byte of the identification: 1 is 32 bits */
#define CLASS_32         1
#define LITTLE_ENDIAN_AT 5
#define MACHINE          18
#define MACHINE_386      3
#define ENTRY            24
#define SEGMENTS_AT      28
#define SEGMENT_SIZE_AT  42
#define SEGMENTS         44

/* Of a program header. */
#define TYPE           0
#define OFFSET         4
#define ADDRESS        12 /* physical */
#define IN_FILE        16
#define IN_STORAGE     20
#define PROGRAM_HEADER 32
#define TYPE_LOAD      1

static bool is_elf(const uint8_t *h)
{
	return memcmp(h, "\177ELF", 4) == 0 && h[CLASS] == CLASS_32 && h[LITTLE_ENDIAN_AT] == 1 &&
	       get16(h + MACHINE) == MACHINE_386;
}

/* Behind what the file has, a segment is zero. */
static int segment_load(struct load *l, const uint8_t *p, gabs_t *end)
{
	uint64_t at = get32(p + ADDRESS), file = get32(p + IN_FILE), storage = get32(p + IN_STORAGE);
	int64_t n;

	if (get32(p + TYPE) != TYPE_LOAD || !storage)
		return 0;
	if (at < HIGH_FIRST || file > storage || at + storage > l->vm->storage.size)
		return ipl_cannot(l, "a segment of the kernel is not in storage: %lX bytes at %lX",
				  (unsigned long)storage, (unsigned long)at);
	n = image_load(&l->image, get32(p + OFFSET), l->vm, at, file);
	if (n < 0)
		return ipl_failed(l, n);
	if ((uint64_t)n < file)
		return ipl_cannot(l, "the kernel is cut short: %lu bytes of %lu", (unsigned long)n,
				  (unsigned long)file);
	if (ipl_clear(l->vm, at + file, at + storage) < 0)
		return ipl_failed(l, CP_NO_STORAGE);
	if (at + storage > *end)
		*end = at + storage;
	return 0;
}

int elf_load(struct load *l, gabs_t *end, uint64_t *entry)
{
	const uint8_t *h = l->head;
	uint32_t at = get32(h + SEGMENTS_AT), size = get16(h + SEGMENT_SIZE_AT), count = get16(h + SEGMENTS);
	int rc = 0;

	if (!is_elf(h) || size < PROGRAM_HEADER)
		return ipl_cannot(l, "the multiboot header has no addresses, and the file is no 32-bit ELF");
	if (at > HEAD_SIZE || (uint64_t)count * size > HEAD_SIZE - at)
		return ipl_cannot(l, "the kernel's program headers are not at its beginning");
	*end = HIGH_FIRST;
	for (uint32_t n = 0; n < count && rc == 0; n++)
		rc = segment_load(l, h + at + n * size, end);
	*entry = get32(h + ENTRY);
	return rc;
}
