/*
 * nested.c - the nested tables of a machine.
 *
 * Owns: the tables, as four levels of the processor's own 64-bit format. Comes after cp/storage/guest.c, which has the frames;
 * before fault.c, which maps them. On s390x its place is the shadow's (dat/shadow.c), which must hold the guest's own translation
 * as well; here the processor walks both. Source: AMD64 Architecture Programmer's Manual volume 2, 15.25.5.
 *
 * A block of 2 MiB whose frames lie side by side can be one entry of the third level. When a page of it goes, so does the entry;
 * the other pages come back one by one, when they are used. So it is when one of a protected block is stored into.
 *
 * Every entry is a user's (the nested walk is one); only the last level withholds writing. A table that becomes empty is given
 * back, so that a guest which touches all addresses there are does not fill CP's storage with tables.
 */
#include <arch/nested.h>
#include <cp/heap.h>

#define PRESENT    0x1ull
#define WRITE      0x2ull
#define USER       0x4ull
#define LARGE      0x80ull /* in the third level: 2 MiB, and no table below */
#define NO_EXECUTE (1ull << 63)
#define ORIGIN     0x000ffffffffff000ull
#define ENTRIES    512u

static const uint8_t shifts[] = {39, 30, 21, 12};
#define LEVELS      ARRAY_SIZE(shifts)
#define LARGE_LEVEL (LEVELS - 2)

static unsigned index_at(gabs_t a, unsigned level)
{
	return a >> shifts[level] & (ENTRIES - 1);
}

static uint64_t *table_at(uint64_t entry)
{
	return (uint64_t *)(uintptr_t)(entry & ORIGIN);
}

/* Its virtual CPUs must have nothing of it in their translation buffers when they run next. */
static void changed(struct vm *vm)
{
	vm->arch.nested_changes++;
	for (unsigned n = 0; n < vm->cpus; n++)
		vm->cpu[n]->arch.stale |= STALE_TRANSLATIONS;
}

/* The entry of that level for a, with the tables on the way to it; NULL: no storage for one. */
static uint64_t *entry_make(struct vm *vm, gabs_t a, unsigned last)
{
	uint64_t *table = table_at(vm->arch.nested), *entry;

	for (unsigned level = 0; level < last; level++) {
		entry = &table[index_at(a, level)];
		if (!(*entry & PRESENT)) {
			frame_t new = frame_alloc();
			if (!new)
				return NULL;
			*entry = new | PRESENT | WRITE | USER;
		} else if (*entry & LARGE) {
			return entry;
		}
		table = table_at(*entry);
	}
	return &table[index_at(a, last)];
}

int nested_map(struct vm *vm, gabs_t a, frame_t frame, bool write)
{
	uint64_t *entry = entry_make(vm, a, LEVELS - 1);

	if (entry && *entry & LARGE) {
		if (*entry & WRITE || !write) /* it is mapped, with the pages around it */
			return 0;
		*entry = 0; /* of which some may still be shared */
		changed(vm);
		entry = entry_make(vm, a, LEVELS - 1);
	}
	if (!entry)
		return CP_NO_STORAGE;
	if (*entry & PRESENT)
		changed(vm);
	*entry = frame | PRESENT | USER | (write ? WRITE : 0);
	return 0;
}

bool nested_map_block(struct vm *vm, gabs_t a, frame_t frame)
{
	uint64_t *entry = entry_make(vm, a, LARGE_LEVEL);

	if (!entry || *entry & PRESENT)
		return false;
	*entry = frame | PRESENT | USER | WRITE | LARGE;
	return true;
}

/* But for the entry that has just gone: from there down, for a machine's storage is used from below, and most are found full at once. */
static bool table_empty(const uint64_t *table, unsigned gone)
{
	for (unsigned n = 1; n < ENTRIES; n++)
		if (table[(gone - n) % ENTRIES])
			return false;
	return true;
}

/* The entries that lead to a page, from the root on. False: it is not mapped any more, or was not. */
static bool entries_find(struct vm *vm, gabs_t a, uint64_t *entry[LEVELS])
{
	uint64_t *table = table_at(vm->arch.nested);

	for (unsigned level = 0; level < LEVELS; level++) {
		entry[level] = &table[index_at(a, level)];
		if (!(*entry[level] & PRESENT))
			return false;
		if (level == LARGE_LEVEL && *entry[level] & LARGE) {
			*entry[level] = 0;
			changed(vm);
			return false;
		}
		table = table_at(*entry[level]);
	}
	return true;
}

/* Of a block all pages are protected with the one. */
void nested_protect(struct vm *vm, gabs_t a)
{
	uint64_t *table = table_at(vm->arch.nested);

	for (unsigned level = 0; level < LEVELS; level++) {
		uint64_t *entry = &table[index_at(a, level)];

		if (!(*entry & PRESENT))
			return;
		if (level == LEVELS - 1 || *entry & LARGE) {
			*entry &= ~WRITE;
			changed(vm);
			return;
		}
		table = table_at(*entry);
	}
}

void nested_withhold(struct vm *vm, gabs_t a)
{
	uint64_t *entry[LEVELS];

	if (!entries_find(vm, a, entry))
		return;
	*entry[LEVELS - 1] |= NO_EXECUTE;
	changed(vm);
}

void nested_unmap(struct vm *vm, gabs_t a)
{
	uint64_t *entry[LEVELS], *table;

	if (!entries_find(vm, a, entry))
		return;
	*entry[LEVELS - 1] = 0;
	changed(vm);
	for (unsigned level = LEVELS - 1; level-- > 0;) {
		table = table_at(*entry[level]);
		if (!table_empty(table, index_at(a, level + 1)))
			return;
		*entry[level] = 0;
		frame_free((frame_t)(uintptr_t)table);
	}
}

static void table_free(uint64_t *table, unsigned level)
{
	for (unsigned n = 0; n < ENTRIES && level < LEVELS - 1; n++)
		if (table[n] & PRESENT && !(table[n] & LARGE))
			table_free(table_at(table[n]), level + 1);
	frame_free((frame_t)(uintptr_t)table);
}

void nested_destroy(struct vm *vm)
{
	table_free(table_at(vm->arch.nested), 0);
	vm->arch.nested = 0;
}
