/*
 * storage.c - the real storage CP may use.
 *
 * Owns: the choice of one range from the boot loader's map. Comes after
 * loader.c; goes on to storage/frame.c.
 * Page 0, in which the BIOS and QEMU leave things, is unmapped from here on,
 * so that a null pointer of CP's is a fault.
 * Known simplification: one range, the largest below 4 GiB: what a PC has
 * above is left alone.
 */
#include <arch/boot.h>
#include <cp/heap.h>

#define MAPPED (4ull << 30) /* by start.S */
#define LEAST  (8ull << 20)

extern char storage_start[];
extern volatile uint64_t page_table[]; /* of the first 2 MiB: start.S */

/* The part of it that is mapped and not CP itself. */
static struct boot_range range_usable(struct boot_range r)
{
	uint64_t start = (uintptr_t)storage_start;

	if (r.from < start)
		r.from = start;
	if (r.to > MAPPED)
		r.to = MAPPED;
	return r;
}

bool storage_init(const struct boot *b)
{
	struct boot_range best = {0, 0};

	for (unsigned n = 0; n < b->ranges; n++) {
		struct boot_range r = range_usable(b->storage[n]);

		if (r.to > r.from && r.to - r.from > best.to - best.from)
			best = r;
	}
	if (best.to - best.from < LEAST)
		return false;
	page_table[0] = 0;
	__asm__ volatile("invlpg 0" : : : "memory");
	frame_add(best.from, best.to & PAGE_MASK);
	return true;
}
