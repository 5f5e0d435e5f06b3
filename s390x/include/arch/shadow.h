/*
 * shadow.h - shadow translation: the guest's virtual storage, in one step.
 *
 * The guest's tables lead from its virtual addresses to its absolute ones;
 * CP's page descriptors lead on to frames. The shadow tables, which the real
 * CPU uses, are the composition of both, filled in on demand. They are the
 * guest's TLB: an entry may stay until the guest itself must expect its TLB
 * to be purged.
 *
 * A space is one guest address space (an ASCE; or guest real storage when
 * DAT is off) and has two views. The data view maps what is there. The code
 * view serves instruction fetches only (hard fact of the machine: EPSW and
 * STFLE do not trap): its pages have been scanned, and in a page that holds
 * such an instruction it shows a private copy where they are replaced by
 * invalid ones.
 */
#ifndef ARCH_SHADOW_H
#define ARCH_SHADOW_H

#include <cp/list.h>
#include <cp/storage.h>
#include <cp/vm.h>

enum view { VIEW_DATA, VIEW_CODE, VIEWS };

struct shadow_table;

/* CP's own TLB: for each use, the last page that CP has looked at through a view. */
enum recent { RECENT_FETCH, RECENT_STORE, RECENTS };
struct recent_page {
	gva_t number;  /* address >> 12; ~0: none */
	uint64_t bias; /* what makes a guest virtual address the real one of its byte */
};
/* The page that instructions were last read from. None: a page of zeros stands for it. */
struct recent_text {
	gva_t start;
	const uint8_t *bytes;
};

struct shadow_view {
	struct recent_page recent[RECENTS];
	struct recent_text text;
	uint64_t asce;           /* for the real control register */
	uint64_t *top;           /* its top table */
	unsigned frames;         /* of the top table */
	gva_t recent_segment[2]; /* the last page tables used: [0] operands, [1] instructions */
	uint64_t *recent_table[2];
};

struct shadow_space {
	struct list all;
	uint64_t asce;   /* the guest's; SPACE_REAL for DAT off */
	uint32_t prefix; /* translation results pass prefixing */
	bool z;          /* table format */
	unsigned level;  /* of the top table: 0 segment ... 3 region-first */
	struct shadow_view view[VIEWS];
	struct list tables, resting; /* struct shadow_table: in use, and since the last purge not used yet */
	unsigned used;
};

#define SPACE_REAL (~0ull)
#define SPACE_NONE (~1ull) /* access-register mode: cannot be given */
#define SPACE_HOST (~2ull) /* guest absolute storage, for SIE: the second of two translations */

/* Page-table entry bits, the real machine's. */
#define PTE_INVALID 0x400ull
#define PTE_PROTECT 0x200ull
#define PTE_ORIGIN  0xfffffffffffff000ull

/* shadow.c */
int shadow_create(struct vm *vm);
void shadow_destroy(struct vm *vm);
void shadow_reset(struct vm *vm);
/* Choose v's spaces for its PSW and control registers. 0 or < 0. */
int shadow_choose(struct vcpu *v);
/* The same for SIE. 0 or < 0. */
int shadow_host(struct vcpu *v);
/* < 0, and why SPACE_NONE cannot be given. */
int space_refused(struct vcpu *v);
/* Map the page at a in a view to a frame; t is what the guest's own tables say of a. */
struct translation;
int shadow_map(struct vm *vm, struct shadow_space *s, enum view view, gva_t a, const struct translation *t,
	       frame_t frame, bool protect);
static inline uint64_t shadow_asce(const struct shadow_space *s, enum view view)
{
	return s->view[view].asce;
}
/* The entry for a, or NULL. slot: 0 operands, 1 instructions. */
uint64_t *shadow_entry_slow(struct shadow_space *s, enum view view, gva_t a, unsigned slot);
static inline uint64_t *shadow_entry(struct shadow_space *s, enum view view, gva_t a, unsigned slot)
{
	struct shadow_view *w = &s->view[view];

	if (w->recent_segment[slot] == a >> 20)
		return &w->recent_table[slot][a >> 12 & 0xff];
	return shadow_entry_slow(s, view, a, slot);
}
/*
 * Is the page of a in the data view the one used last? Then shadow_byte() is where the byte at a stands. Else
 * shadow_page() makes it so, by the tables, or says that it is not mapped. For stores only pages where they are
 * allowed, and where low-address protection cannot refuse them.
 */
static inline bool shadow_recent(const struct shadow_space *s, gva_t a, enum recent use)
{
	return s->view[VIEW_DATA].recent[use].number == a >> 12;
}
static inline void *shadow_byte(const struct shadow_space *s, gva_t a, enum recent use)
{
	return (void *)(uintptr_t)(a + s->view[VIEW_DATA].recent[use].bias);
}
bool shadow_page(struct shadow_space *s, gva_t a, enum recent use);
/*
 * Eight bytes of text at a by the data view: the original, never the code view's copy. 0: not at hand, or over the end
 * of the page (or zeros, which are no instruction that anyone simulates).
 */
uint64_t shadow_text_slow(struct shadow_space *s, gva_t a);
static inline uint64_t shadow_text(struct shadow_space *s, gva_t a)
{
	const struct recent_text *t = &s->view[VIEW_DATA].text;
	uint64_t offset = a - t->start;

	if (__builtin_expect(offset > PAGE_SIZE - sizeof(uint64_t), 0))
		return shadow_text_slow(s, a);
	return *(const uint64_t *)(t->bytes + offset);
}
/* Purges: everything (PTLB); one guest ASCE (IDTE); one entry of a guest page table (IPTE); all of a segment or
 * region table are everything. */
void shadow_purge(struct vm *vm);
void shadow_purge_asce(struct vm *vm, uint64_t asce);
void shadow_purge_entry(struct vm *vm, uint64_t origin, unsigned index);
/* By guest page: all mappings of it in a view go (or become protected). */
void shadow_unmap_page(struct vm *vm, struct page *p, enum view view);
void shadow_protect_page(struct vm *vm, struct page *p);

/* code.c: the frame the code view shows for a page; scans it at first use. */
int code_frame(struct vm *vm, gabs_t abs, frame_t *frame);
void code_forget(struct vm *vm, gabs_t abs);
void code_forget_all(struct vm *vm);
void code_separate(struct vm *vm, gabs_t abs);
bool code_show(struct vm *vm, gabs_t a);
/* Bytes stored at once: more of them are not code being patched, but a page being used for something else, and its scan is forgotten. */
#define REVIEW_MOST 256
/* What the code view shows for the first halfword of an instruction. */
uint16_t code_instead(const uint16_t text[3]);

/* step.c: a store into the page it is executed from. */
void step_note(struct vcpu *v, gabs_t page);   /* a store has taken this page's code view */
bool step_needed(struct vcpu *v, gabs_t page); /* ... and now its instruction is to be fetched there again */
void step_begin(struct vcpu *v);
void step_end(struct vcpu *v);
static inline bool step_allows(const struct vcpu *v, gabs_t page)
{
	return v->arch.stepping && v->arch.dropped_page == page;
}

/* walk.c: the guest's own tables. */
struct translation {
	gabs_t abs;           /* absolute address of the byte */
	uint64_t real;        /* the same before prefixing */
	uint64_t entry;       /* absolute address of the last table entry looked at: of none without DAT */
	uint64_t origin;      /* absolute origin of the page table used; ~0 without DAT */
	uint64_t value;       /* its entry */
	bool protect;         /* by DAT: by the page's entry, or */
	bool segment_protect; /* by the segment's */
	bool outside;         /* the exception is that `entry` lies beyond its table's end */
	bool no_execute;
};
/* In the address space of that designation. 0, the guest's exception, or < 0. */
int walk(struct vcpu *v, uint64_t asce, gva_t a, struct translation *t);
/* The address space an access goes to (its ASCE value), with the virtual PSW's mode. */
uint64_t walk_asce(const struct vcpu *v, enum access access);

/* fault.c: arch_page_fault() for who runs by shadow tables. */
int shadow_fault(struct vcpu *v, struct intercept *i);
/* Key-controlled protection of an access to an absolute address: 0, addressing or protection (the TEID names
 * address a), or < 0. And like arch_translate(), in a given space. */
int key_check(struct vcpu *v, gabs_t abs, gva_t a, enum access access);
int translate_in(struct vcpu *v, uint64_t asce, gva_t a, enum access access, gabs_t *abs);

#endif
