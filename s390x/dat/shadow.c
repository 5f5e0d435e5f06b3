/*
 * shadow.c - shadow tables: filled on demand, emptied on the guest's word.
 *
 * Owns: the spaces of a machine, their tables, and the list of mappings of
 * each guest page. Comes after walk.c; code.c decides what the code view
 * shows. Heritage: DMKVAT.
 *
 * Each shadow page table stands for one guest page table in one segment of
 * one space and view, and remembers the guest table's origin: IPTE names a
 * guest table, and so finds every entry made from it.
 *
 * A page's mapping nodes are not removed when a table goes: they name the
 * table's serial number, and a node whose number no longer fits is dropped
 * when the page is next looked at.
 *
 * A purge only takes the page tables out of use, one step each: they rest.
 * The next fault in such a segment compares what the table was made from
 * with what the guest's page table says now, drops what has changed, and has
 * the rest back at once. Guests purge far more often than they change much.
 */
#include <arch/instruction.h>
#include <arch/memory.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>

#define SPACES_MAX      16
#define ORIGINS         64
#define TABLE_ENTRIES   2048
#define TABLE_FRAMES    4
#define PAGE_TABLE_SIZE 2048
#define ENTRY_INVALID   0x20ull
#define ASCE_PRIVATE    0x100ull

struct shadow_table {
	struct list by_space, by_origin;
	uint64_t serial;      /* 0: free */
	uint64_t origin;      /* guest page table, absolute; above all storage: none (real space) */
	bool resting;         /* no segment-table entry points here */
	bool segment_protect; /* by the guest's segment-table entry, at the time */
	/* the guest's 256 entries, as each was when its entry here was made; z/Architecture only */
	uint64_t *made_from;
	enum view view;
	struct shadow_space *space;
	gva_t segment;     /* address >> 20 */
	uint64_t *entries; /* 256 */
	uint64_t *parent;  /* the segment-table entry that points here */
};

struct mapping {
	struct mapping *next;
	struct shadow_table *table;
	uint64_t serial;
	uint16_t index;
};

/* Nothing here names the machine: RESTORE gives all of it to another struct vm (cp/machine/exchange.c). */
struct shadow {
	struct list spaces;
	unsigned count, clock;
	struct list origins[ORIGINS];
	struct list free; /* tables, by by_space */
	uint64_t serial;
};

/* What the tables said may stand in the real TLB: it is purged before the machine runs again. */
static void tlb_stale(struct vm *vm)
{
	for (unsigned n = 0; n < vm->cpus; n++)
		vm->cpu[n]->arch.stale |= STALE_TLB;
}

static struct list *origin_list(struct shadow *sh, uint64_t origin)
{
	return &sh->origins[(origin >> 11 ^ origin >> 17) % ORIGINS];
}

static const uint8_t *no_text(void)
{
	static uint64_t zeros[PAGE_SIZE / 8];

	return (const uint8_t *)zeros;
}

#define NOWHERE (1ull << 63) /* a page that hardly any guest executes */

static void forget_pages(struct shadow_view *w)
{
	for (enum recent use = 0; use < RECENTS; use++)
		w->recent[use].number = ~0ull;
	w->text = (struct recent_text){.start = NOWHERE, .bytes = no_text()};
}

static void forget_recent(struct shadow_view *w)
{
	forget_pages(w);
	w->recent_segment[0] = w->recent_segment[1] = ~0ull;
}

/* Of guest real and absolute storage there are no guest tables that could change. */
static bool without_tables(const struct shadow_space *s)
{
	return s->asce == SPACE_REAL || s->asce == SPACE_HOST;
}

/* ---- page tables -------------------------------------------------------- */

static __attribute__((cold)) struct shadow_table *table_new(void)
{
	struct shadow_table *t = heap_alloc(sizeof(*t));

	if (!t)
		return NULL;
	t->entries = heap_alloc_dirty(PAGE_TABLE_SIZE);
	if (!t->entries) {
		heap_free(t, sizeof(*t));
		return NULL;
	}
	list_init(&t->by_space);
	list_init(&t->by_origin);
	return t;
}

/* A free one, or a new one. */
static struct shadow_table *table_take(struct shadow *sh, bool remembers)
{
	struct shadow_table *t = list_first(&sh->free, struct shadow_table, by_space);

	if (!t)
		t = table_new();
	if (!t)
		return NULL;
	list_remove(&t->by_space);
	if (remembers && !t->made_from)
		t->made_from = heap_alloc_dirty(PAGE_TABLE_SIZE);
	if (!remembers || t->made_from)
		return t;
	list_append(&sh->free, &t->by_space);
	return NULL;
}

static void table_attach(struct shadow_table *t)
{
	*t->parent = (uint64_t)(uintptr_t)t->entries;
	t->resting = false;
	list_remove(&t->by_space);
	list_append(&t->space->tables, &t->by_space);
}

static void table_detach(struct vm *vm, struct shadow_table *t)
{
	if (t->resting)
		return;
	*t->parent = ENTRY_INVALID;
	t->resting = true;
	list_remove(&t->by_space);
	list_append(&t->space->resting, &t->by_space);
	forget_recent(&t->space->view[t->view]);
	tlb_stale(vm);
}

static void table_put(struct vm *vm, struct shadow_table *t)
{
	table_detach(vm, t);
	t->serial = 0;
	list_remove(&t->by_space);
	list_remove(&t->by_origin);
	list_append(&vm->arch.shadow->free, &t->by_space);
}

/* What rests of that segment was made from another page table of the guest's: it will hardly come back. */
static void resting_drop(struct vm *vm, struct shadow_space *s, const uint64_t *parent)
{
	struct shadow_table *t, *tmp;

	list_for_each_safe(t, tmp, &s->resting, by_space) {
		if (t->parent == parent)
			table_put(vm, t);
	}
}

static __attribute__((cold)) struct shadow_table *
table_get(struct vm *vm, struct shadow_space *s, enum view view, gva_t a, uint64_t origin, uint64_t *parent)
{
	struct shadow *sh = vm->arch.shadow;
	struct shadow_table *t;

	resting_drop(vm, s, parent);
	t = table_take(sh, s->z && !without_tables(s));
	if (!t)
		return NULL;
	words_set(t->entries, PTE_INVALID, PAGE_TABLE_SIZE);
	t->serial = ++sh->serial;
	t->origin = origin;
	t->view = view;
	t->space = s;
	t->segment = a >> 20;
	t->parent = parent;
	table_attach(t);
	list_append(origin_list(sh, origin), &t->by_origin);
	return t;
}

/* ---- spaces --------------------------------------------------------------- */

static uint64_t *upper_table(unsigned frames, unsigned level)
{
	uint64_t *table = (uint64_t *)(uintptr_t)frame_alloc_dirty(frames);

	if (table)
		words_set(table, ENTRY_INVALID | level << 2, frames * PAGE_SIZE);
	return table;
}

static __attribute__((cold)) void upper_free(uint64_t *table, unsigned frames, unsigned level)
{
	if (level > 0)
		for (size_t n = 0; n < frames * PAGE_SIZE / 8; n++)
			if (!(table[n] & ENTRY_INVALID))
				upper_free((uint64_t *)(uintptr_t)(table[n] & PTE_ORIGIN), TABLE_FRAMES,
					   level - 1);
	frame_free_run((frame_t)(uintptr_t)table, frames);
}

/* Nothing of it is to be used unseen. */
static void space_purge(struct vm *vm, struct shadow_space *s)
{
	if (without_tables(s))
		return;
	while (!list_empty(&s->tables)) {
		struct shadow_table *t = list_first(&s->tables, struct shadow_table, by_space);

		if (s->z)
			table_detach(vm, t);
		else
			table_put(vm, t);
	}
}

static __attribute__((cold)) void space_free(struct vm *vm, struct shadow_space *s)
{
	while (!list_empty(&s->tables))
		table_put(vm, list_first(&s->tables, struct shadow_table, by_space));
	while (!list_empty(&s->resting))
		table_put(vm, list_first(&s->resting, struct shadow_table, by_space));
	for (enum view view = 0; view < VIEWS; view++)
		if (s->view[view].top)
			upper_free(s->view[view].top, s->view[view].frames, s->level);
	list_remove(&s->all);
	vm->arch.shadow->count--;
	heap_free(s, sizeof(*s));
	tlb_stale(vm);
}

/* Level and length of the top table a space needs. */
static void space_shape(const struct vm *vm, struct shadow_space *s, unsigned *frames)
{
	if (without_tables(s)) {
		uint64_t segments = vm->storage.size / SEGMENT_SIZE;
		s->level = segments > TABLE_ENTRIES ? 1 : 0;
		if (s->level)
			segments = (segments + TABLE_ENTRIES - 1) / TABLE_ENTRIES;
		*frames = (segments * 8 + PAGE_SIZE - 1) / PAGE_SIZE;
	} else if (s->z) {
		s->level = s->asce >> 2 & 3;
		*frames = (s->asce & 3) + 1;
	} else {
		s->level = 0;
		*frames = (((s->asce & 0x7f) + 1) * 16 * 8 + PAGE_SIZE - 1) / PAGE_SIZE;
	}
}

static __attribute__((cold)) struct shadow_space *space_new(struct vm *vm, uint64_t asce, uint32_t prefix,
							    bool z)
{
	struct shadow *sh = vm->arch.shadow;
	struct shadow_space *s = heap_alloc(sizeof(*s));
	unsigned frames;

	if (!s)
		return NULL;
	s->asce = asce;
	s->prefix = prefix;
	s->z = z;
	list_init(&s->tables);
	list_init(&s->resting);
	list_append(&sh->spaces, &s->all);
	sh->count++;
	space_shape(vm, s, &frames);
	for (enum view view = 0; view < VIEWS; view++) {
		struct shadow_view *w = &s->view[view];
		w->top = upper_table(frames, s->level);
		if (!w->top) {
			space_free(vm, s);
			return NULL;
		}
		w->frames = frames;
		w->asce = (uint64_t)(uintptr_t)w->top | s->level << 2 | (frames - 1);
		if (!without_tables(s))
			w->asce |= asce & ASCE_PRIVATE;
		forget_recent(w);
	}
	return s;
}

static bool in_use(const struct vm *vm, const struct shadow_space *s)
{
	for (unsigned n = 0; n < vm->cpus; n++)
		if (vm->cpu[n]->arch.space == s || vm->cpu[n]->arch.code_space == s)
			return true;
	return false;
}

static __attribute__((cold)) void evict_one(struct vm *vm)
{
	struct shadow_space *s, *oldest = NULL;

	list_for_each(s, &vm->arch.shadow->spaces, all) {
		if (!in_use(vm, s) && (!oldest || s->used < oldest->used))
			oldest = s;
	}
	if (oldest)
		space_free(vm, oldest);
}

static struct shadow_space *space_find(struct vcpu *v, uint64_t asce)
{
	struct shadow *sh = v->vm->arch.shadow;
	struct shadow_space *s;

	list_for_each(s, &sh->spaces, all) {
		if (s->asce == asce && s->prefix == v->arch.prefix && s->z == v->arch.z) {
			s->used = ++sh->clock;
			return s;
		}
	}
	if (sh->count >= SPACES_MAX)
		evict_one(v->vm);
	s = space_new(v->vm, asce, v->arch.prefix, v->arch.z);
	if (s)
		s->used = ++sh->clock;
	return s;
}

int space_refused(struct vcpu *v)
{
	string_copy(v->vm->reason, sizeof(v->vm->reason), "access-register mode with DAT is not provided;");
	return CP_CANNOT;
}

int shadow_host(struct vcpu *v)
{
	v->arch.space = v->arch.code_space = space_find(v, SPACE_HOST);
	return v->arch.space ? 0 : CP_NO_STORAGE;
}

int shadow_choose(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	uint64_t data = walk_asce(v, ACCESS_FETCH), code = walk_asce(v, ACCESS_INSTRUCTION);

	if (data == SPACE_NONE)
		return space_refused(v);
	g->space = g->code_space = NULL;
	g->space = space_find(v, data);
	g->code_space = code == data ? g->space : space_find(v, code);
	if (!g->space || !g->code_space)
		return CP_NO_STORAGE;
	g->stale &= ~STALE_SPACES;
	g->stale |= STALE_REGISTERS;
	return 0;
}

/* ---- entries ------------------------------------------------------------ */

/* The segment-table entry for a; with make, upper tables are added on the way. */
static uint64_t *segment_entry(struct shadow_space *s, enum view view, gva_t a, bool make)
{
	static const unsigned shifts[] = {20, 31, 42, 53};
	struct shadow_view *w = &s->view[view];
	uint64_t *table = w->top;
	unsigned level = s->level, index = a >> shifts[level] & (TABLE_ENTRIES - 1);

	if ((level < 3 && a >> (shifts[level] + 11)) || index >= w->frames * (PAGE_SIZE / 8))
		return NULL;
	while (level > 0) {
		if (table[index] & ENTRY_INVALID) {
			uint64_t *lower = make ? upper_table(TABLE_FRAMES, level - 1) : NULL;
			if (!lower)
				return NULL;
			table[index] = (uint64_t)(uintptr_t)lower | level << 2 | 3;
		}
		table = (uint64_t *)(uintptr_t)(table[index] & PTE_ORIGIN);
		level--;
		index = a >> shifts[level] & (TABLE_ENTRIES - 1);
	}
	return &table[index];
}

uint64_t *shadow_entry_slow(struct shadow_space *s, enum view view, gva_t a, unsigned slot)
{
	struct shadow_view *w = &s->view[view];
	uint64_t *segment = segment_entry(s, view, a, false);

	if (!segment || *segment & ENTRY_INVALID)
		return NULL;
	w->recent_segment[slot] = a >> 20;
	w->recent_table[slot] = (uint64_t *)(uintptr_t)(*segment & ~0x7ffull);
	return &w->recent_table[slot][a >> 12 & 0xff];
}

#define LOW_PAGES 2 /* stores there may meet low-address protection */

bool shadow_page(struct shadow_space *s, gva_t a, enum recent use)
{
	uint64_t *e = shadow_entry(s, VIEW_DATA, a, 0);
	struct recent_page *r = &s->view[VIEW_DATA].recent[use];

	if (!e || *e & PTE_INVALID || (use == RECENT_STORE && (*e & PTE_PROTECT || a >> 12 < LOW_PAGES)))
		return false;
	r->number = a >> 12;
	r->bias = (*e & PTE_ORIGIN) - (a & PAGE_MASK);
	return true;
}

uint64_t shadow_text_slow(struct shadow_space *s, gva_t a)
{
	struct recent_text *t = &s->view[VIEW_DATA].text;
	uint64_t *e = shadow_entry(s, VIEW_DATA, a, 1), offset = a & ~PAGE_MASK;

	if (!e || *e & PTE_INVALID || offset > PAGE_SIZE - sizeof(uint64_t))
		return 0;
	t->start = a & PAGE_MASK;
	t->bytes = (const uint8_t *)(uintptr_t)(*e & PTE_ORIGIN);
	return *(const uint64_t *)(t->bytes + offset);
}

/* The table behind a valid segment entry: as a rule found by its guest origin, which the caller expects. */
static struct shadow_table *table_of(struct shadow *sh, struct shadow_space *s, const uint64_t *parent,
				     uint64_t origin)
{
	struct shadow_table *t;

	list_for_each(t, origin_list(sh, origin), by_origin) {
		if (t->parent == parent && !t->resting)
			return t;
	}
	list_for_each(t, &s->tables, by_space) {
		if (t->parent == parent)
			return t;
	}
	panic("shadow segment entry without its table");
}

/* Drop nodes whose table has gone; the page's list stays as short as its mappings are many. */
static __attribute__((noinline)) void mapping_prune(struct page *p)
{
	struct mapping **at = (struct mapping **)&p->mappings;

	while (*at) {
		struct mapping *m = *at;
		if (m->table->serial == m->serial) {
			at = &m->next;
			continue;
		}
		*at = m->next;
		heap_free(m, sizeof(*m));
	}
}

static int mapping_add(struct page *p, struct shadow_table *t, unsigned index)
{
	struct mapping *m;

	if (p->mappings)
		mapping_prune(p);
	for (m = p->mappings; m; m = m->next)
		if (m->table == t && m->index == index)
			return 0;
	m = heap_alloc_dirty(sizeof(*m));
	if (!m)
		return CP_NO_STORAGE;
	m->table = t;
	m->serial = t->serial;
	m->index = index;
	m->next = p->mappings;
	p->mappings = m;
	return 0;
}

/*
 * IPTE for this CPU alone where the machine has that: told to all CPUs, it makes QEMU stop them all. Only the page index
 * of the address counts; but where all bits above it are zero QEMU clears its whole TLB. With bit 32 it clears the pages
 * with and without that bit.
 */
static void invalidate(struct shadow_table *t, unsigned index)
{
	uint64_t a = (t->segment << 20 | (uint64_t)index << 12) ^ 0x80000000;

	forget_pages(&t->space->view[t->view]);
	if (t->resting) /* the TLB is purged before the guest runs again */
		t->entries[index] = PTE_INVALID;
	else if (real_machine.local_clearing)
		asm volatile("	.insn	rrf,0xb2210000,%0,%1,0,1"
			     :
			     : "a"(t->entries), "a"(a)
			     : "memory", "cc");
	else
		asm volatile("	ipte	%0,%1" : : "a"(t->entries), "a"(a) : "memory", "cc");
}

/* One that is dropped, or was not there, will be made from what there is now: the next review finds no difference. */
static void entry_review(struct shadow_table *t, unsigned index, uint64_t now)
{
	if (now == t->made_from[index])
		return;
	t->entries[index] = PTE_INVALID;
	t->made_from[index] = now;
}

/* A table that rests is right again when what it was made from is dropped where the guest's table says otherwise now. */
static bool table_review(struct vm *vm, struct shadow_table *t)
{
	const struct page *p = storage_page(vm, t->origin);
	const uint64_t *now;

	if (!p || !p->frame_number)
		return false;
	now = (const uint64_t *)((uintptr_t)p->frame_number * PAGE_SIZE + t->origin % PAGE_SIZE);
	for (unsigned n = 0; n < PAGE_TABLE_SIZE / 8; n += 4) {
		const uint64_t *a = now + n, *b = t->made_from + n;

		if ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]))
			for (unsigned k = n; k < n + 4; k++)
				entry_review(t, k, now[k]);
	}
	return true;
}

static struct shadow_table *table_resting(struct shadow *sh, uint64_t origin, const uint64_t *parent)
{
	struct shadow_table *t;

	list_for_each(t, origin_list(sh, origin), by_origin) {
		if (t->resting && t->parent == parent && t->origin == origin)
			return t;
	}
	return NULL;
}

/* The table for a's segment: the one in use, or one that rests, or a new one; NULL: no storage. */
static struct shadow_table *table_for(struct vm *vm, struct shadow_space *s, enum view view, gva_t a,
				      uint64_t *segment, const struct translation *t)
{
	/* Of real space each segment has a name of its own, that IPTE never uses. */
	uint64_t origin = without_tables(s) ? ~(a >> 20) : t->origin;
	struct shadow *sh = vm->arch.shadow;
	struct shadow_table *table;
	bool used = !(*segment & ENTRY_INVALID);

	table = used ? table_of(sh, s, segment, origin) : table_resting(sh, origin, segment);
	if (table && (table->origin != origin || table->segment_protect != t->segment_protect ||
		      (!used && !table_review(vm, table)))) {
		table_put(vm, table); /* the guest has put another page table there */
		table = NULL;
	}
	if (!table)
		table = table_get(vm, s, view, a, origin, segment);
	else if (!used)
		table_attach(table);
	if (table)
		table->segment_protect = t->segment_protect;
	return table;
}

int shadow_map(struct vm *vm, struct shadow_space *s, enum view view, gva_t a, const struct translation *t,
	       frame_t frame, bool protect)
{
	uint64_t *segment = segment_entry(s, view, a, true), entry = frame | (protect ? PTE_PROTECT : 0);
	struct shadow_table *table = segment ? table_for(vm, s, view, a, segment, t) : NULL;
	unsigned index = a >> 12 & 0xff;

	if (!table)
		return CP_NO_STORAGE;
	if (table->made_from)
		table->made_from[index] = t->value;
	if (table->entries[index] == entry)
		return 0;
	if (!(table->entries[index] & PTE_INVALID))
		invalidate(table, index);
	table->entries[index] = entry;
	return mapping_add(storage_page(vm, t->abs), table, index);
}

/* ---- purges --------------------------------------------------------------- */

void shadow_purge(struct vm *vm)
{
	struct shadow_space *s;

	list_for_each(s, &vm->arch.shadow->spaces, all)
		space_purge(vm, s);
}

__attribute__((cold)) void shadow_purge_asce(struct vm *vm, uint64_t asce)
{
	struct shadow_space *s, *tmp;

	list_for_each_safe(s, tmp, &vm->arch.shadow->spaces, all) {
		if (without_tables(s) || (s->asce ^ asce) & PTE_ORIGIN)
			continue;
		if (in_use(vm, s))
			space_purge(vm, s);
		else
			space_free(vm, s);
	}
}

void shadow_purge_entry(struct vm *vm, uint64_t origin, unsigned index)
{
	struct shadow_table *t;

	list_for_each(t, origin_list(vm->arch.shadow, origin), by_origin) {
		if (t->origin == origin && !(t->entries[index] & PTE_INVALID))
			invalidate(t, index);
	}
}

void shadow_unmap_page(struct vm *vm, struct page *p, enum view view)
{
	struct mapping *m;

	(void)vm;
	mapping_prune(p);
	for (m = p->mappings; m; m = m->next)
		if (m->table->view == view && !(m->table->entries[m->index] & PTE_INVALID))
			invalidate(m->table, m->index);
}

/* Every data mapping becomes read-only: stores into the page shall be heard of. Of SPACE_HOST it goes: engine/sie/run.c. */
void shadow_protect_page(struct vm *vm, struct page *p)
{
	struct mapping *m;

	(void)vm;
	mapping_prune(p);
	for (m = p->mappings; m; m = m->next) {
		uint64_t *e = &m->table->entries[m->index], old = *e;
		if (m->table->view != VIEW_DATA || old & (PTE_INVALID | PTE_PROTECT))
			continue;
		invalidate(m->table, m->index);
		if (m->table->space->asce != SPACE_HOST)
			*e = old | PTE_PROTECT;
	}
}

static __attribute__((cold)) void mappings_free(struct page *p)
{
	while (p->mappings) {
		struct mapping *m = p->mappings;
		p->mappings = m->next;
		heap_free(m, sizeof(*m));
	}
}

__attribute__((cold)) void arch_storage_unmap(struct vm *vm, gabs_t a)
{
	struct page *p = storage_page(vm, a);

	code_forget(vm, a);
	shadow_unmap_page(vm, p, VIEW_DATA);
	shadow_unmap_page(vm, p, VIEW_CODE);
	mappings_free(p);
}

void arch_storage_protect(struct vm *vm, gabs_t a)
{
	shadow_protect_page(vm, storage_page(vm, a));
}

__attribute__((cold)) int shadow_create(struct vm *vm)
{
	struct shadow *sh = heap_alloc(sizeof(*sh));

	if (!sh)
		return CP_NO_STORAGE;
	list_init(&sh->spaces);
	list_init(&sh->free);
	for (unsigned n = 0; n < ORIGINS; n++)
		list_init(&sh->origins[n]);
	vm->arch.shadow = sh;
	return 0;
}

/* Reset: nothing of what was translated stays. */
__attribute__((cold)) void shadow_reset(struct vm *vm)
{
	struct shadow *sh = vm->arch.shadow;

	for (unsigned n = 0; n < vm->cpus; n++)
		vm->cpu[n]->arch.space = vm->cpu[n]->arch.code_space = NULL;
	while (!list_empty(&sh->spaces))
		space_free(vm, list_first(&sh->spaces, struct shadow_space, all));
}

/* After storage_clear(): no page has mapping nodes any more. */
__attribute__((cold)) void shadow_destroy(struct vm *vm)
{
	struct shadow *sh = vm->arch.shadow;

	while (!list_empty(&sh->spaces))
		space_free(vm, list_first(&sh->spaces, struct shadow_space, all));
	while (!list_empty(&sh->free)) {
		struct shadow_table *t = list_first(&sh->free, struct shadow_table, by_space);
		list_remove(&t->by_space);
		if (t->made_from)
			heap_free(t->made_from, PAGE_TABLE_SIZE);
		heap_free(t->entries, PAGE_TABLE_SIZE);
		heap_free(t, sizeof(*t));
	}
	heap_free(sh, sizeof(*sh));
	asm volatile("	ptlb" : : : "memory");
}
