/*
 * storage.h - a virtual machine's storage, and the only way into it.
 *
 * Storage is a row of 1 MiB segments of page descriptors, made when first
 * touched, so that an idle user costs little. A page without a frame reads
 * as zeros and gets one when it is first used (demand allocation).
 *
 * Everything CP reads or writes in a guest goes through here: bounds, store
 * tracking (arch_storage_changed) and reference/change bits are kept in this
 * one place. Return values say who failed:
 *     0   done
 *   > 0   the guest's fault: the program-interruption code to reflect
 *   < 0   CP could not (no real storage left)
 * Heritage: DMKPSA/DMKPTR, SEGTABLE, PAGTABLE, SWPTABLE.
 */
#ifndef CP_STORAGE_H
#define CP_STORAGE_H

#include <cp/types.h>

struct vm;
struct vcpu;

#define SEGMENT_SIZE  0x100000u
#define SEGMENT_PAGES (SEGMENT_SIZE / PAGE_SIZE)

/* One guest page. Small, for there are many. */
struct page {
	uint32_t frame_number; /* frame >> 12; 0: not backed, all zeros */
	uint8_t key;           /* storage key: access control, F, R, C (z/Architecture layout) */
	uint8_t flags;         /* PAGE_* */
	uint16_t pins;         /* real I/O under way */
	void *mappings;        /* port's: the translation-table entries that lead here */
};

#define PAGE_WATCHED 0x01 /* the port must hear of stores into it (arch_storage_changed) */
#define PAGE_SHARED  0x02 /* its frame may have other owners: not to be stored into before page_own() */
#define PAGE_CODE    0x04 /* port's: it has been executed from */

#define KEY_PROTECTS 0xf8 /* the bits of a key but for R and C: only they must stand in the frame's, too */

struct storage {
	uint64_t size; /* bytes, a multiple of 1 MiB */
	struct page **segment;
	uint64_t resident;    /* pages with a frame */
	struct storage *base; /* the snapshot that it was given, until it is cleared; NULL: none */
	unsigned users;       /* of a snapshot: storages with this base */
};

enum access { ACCESS_FETCH, ACCESS_STORE, ACCESS_INSTRUCTION };

#define CP_NO_STORAGE (-1) /* real storage exhausted */
#define CP_IO_ERROR   (-2)
#define CP_CANNOT     (-3) /* anything else; vm->reason holds the sentence */

int storage_create(struct vm *vm, uint64_t size);
void storage_destroy(struct vm *vm);
/* All zeros, and another size; CP_NO_STORAGE: the size is as it was. */
int storage_resize(struct vm *vm, uint64_t size);
/* All pages become zeros again and their frames go back. Yields. */
void storage_clear(struct vm *vm);
/* The descriptor of the page at an absolute address; NULL beyond storage or (rarely) when CP has no storage. */
struct page *storage_page(struct vm *vm, gabs_t a);
/*
 * The page's frame, made on demand; for a store, one that it shares with nobody. 0 done, > 0 addressing, < 0 no storage.
 * A page that is still PAGE_SHARED then may be mapped for reading only.
 */
int storage_frame(struct vm *vm, gabs_t a, enum access access, frame_t *frame);
/* Before a store into the page at a, or a change of its key, which is its frame's: a frame of its own. 0 or < 0. */
int page_own(struct vm *vm, struct page *p, gabs_t a);
/* The page gives up its (share of a) frame. */
void page_let_go(const struct page *p);
/*
 * Frames in one aligned run for count pages from a on (count a power of two, a a multiple of their size): those that they have,
 * or new ones if none has any. 0: their frames lie otherwise or are shared, or one page is beyond storage, or there is no
 * such run.
 */
frame_t storage_block(struct vm *vm, gabs_t a, unsigned count);
/* Give one page's frame back (DIAGNOSE X'10'). */
void storage_release(struct vm *vm, gabs_t a);

/*
 * Snapshots: a storage without a machine, whose frames are shared, copy on write. To save a machine, or to give many the same.
 * Both ends of the copy stand still at the top of their loops meanwhile. These yield. In a snapshot's page, `flags` may have PAGE_CODE,
 * and `mappings` be a frame, which the port has made of it for all who share it.
 */
/* What vm's storage holds now, into *s. 0 or CP_NO_STORAGE, and then *s is empty. */
int snapshot_take(struct vm *vm, struct storage *s);
/* vm, whose storage is clear, gets it all, and it becomes its base. 0, CP_NO_STORAGE, or */
#define SNAPSHOT_TOO_LARGE 1
int snapshot_give(struct storage *s, struct vm *vm);
/* One that is to be filled in: empty, of that size. 0 or CP_NO_STORAGE. */
int snapshot_create(struct storage *s, uint64_t size);
/* What it has at a; NULL: nothing. */
struct page *snapshot_page(const struct storage *s, gabs_t a);
/* A page of it, within its size, that it has not yet: all zeros; NULL: no storage. */
void *snapshot_put(struct storage *s, gabs_t a, uint8_t key);
/* The bytes of the first page at or behind *a that has any, and its key; NULL: there are no more. */
const void *snapshot_next(const struct storage *s, gabs_t *a, uint8_t *key);
/* How many of its pages nobody else has any more. */
uint64_t snapshot_alone(const struct storage *s);
/* The page of vm's base that the page at a still shares its frame with, or NULL. */
struct page *snapshot_origin(const struct vm *vm, const struct page *p, gabs_t a);
/* It has no users any more. */
void snapshot_free(struct storage *s);

/* Copy between CP and guest absolute storage, any length, crossing pages. */
int guest_read(struct vm *vm, gabs_t a, void *buf, size_t n);
int guest_write(struct vm *vm, gabs_t a, const void *buf, size_t n);

/* The same by the virtual CPU's own logical addresses, through its DAT and prefix. */
int vcpu_read(struct vcpu *v, gva_t a, void *buf, size_t n);
int vcpu_write(struct vcpu *v, gva_t a, const void *buf, size_t n);

/*
 * Compare and swap in guest storage: 0 swapped, GUEST_UNEQUAL (old updated), else as above. n is 4, 8 or 16; a is
 * aligned. Atomic, as all of CP is (the locking rule in task.h).
 */
#define GUEST_UNEQUAL 0x100
int guest_compare_swap(struct vm *vm, gabs_t a, void *old, const void *new, size_t n);

#endif
