/*
 * ipl.h - inside ipl/: a load under way, and the files it reads.
 *
 * All that is read here was written by a guest's user: sizes and addresses are checked before they are used.
 */
#ifndef X86_64_IPL_IPL_H
#define X86_64_IPL_IPL_H

#include <arch/guest.h>
#include <cp/spool.h>

struct device;
struct minidisk;

/* ---- image.c: a file, as bytes ------------------------------------------------------ */

struct image {
	/* on a minidisk: `size` bytes from sector `first` on */
	struct minidisk *disk; /* NULL: it is a reader file */
	uint64_t first, size;
	/* in the reader: the byte at `at` stands in `record`, or is the first of the next ones */
	struct spool_position position;
	uint64_t at;
	uint32_t taken, length; /* of what is in record */
	uint8_t *record;        /* IMAGE_BUFFER bytes */
};

#define IMAGE_BUFFER 32768u

int image_disk(struct image *i, struct minidisk *m); /* 0 or < 0 */
int image_spool(struct image *i, struct spool_file *f);
void image_close(struct image *i);
/* Up to n bytes from offset on; how many (fewer only at the file's end), or < 0. Reading forward is cheap. */
int64_t image_read(struct image *i, uint64_t offset, void *buf, size_t n);
/* The same into guest storage, whose end is not passed. */
int64_t image_load(struct image *i, uint64_t offset, struct vm *vm, gabs_t to, uint64_t n);

/* ---- ipl.c ---------------------------------------------------------------------------- */

#define HEAD_SIZE        8192u /* of a file: what says what it is stands in it */
#define COMMAND_LINE_MAX 2048u

#define FILES_MAX 20

struct load {
	struct vm *vm;
	struct device *device;
	uint16_t file
		[FILES_MAX]; /* of the reader, taken so far: they go when all is loaded, and stay when it fails */
	unsigned files;
	struct image image;
	uint8_t *head; /* HEAD_SIZE bytes, zeros behind the end of a short file */
	char *command; /* COMMAND_LINE_MAX bytes */
	struct guest_start start;
};

/* Set vm->reason; CP_CANNOT. */
int ipl_cannot(struct load *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What a failed access to storage or file means; rc < 0 as such, anything else: it did not fit. */
int ipl_failed(struct load *l, int64_t rc);
/* Fill in the command line, from the reader's next file and PARM. 0 or < 0. */
int ipl_command_line(struct load *l);
/* The next file of the reader into storage from `to` on; its length, 0 if there is none, or < 0. At most `limit` - to bytes. */
int64_t ipl_next_file(struct load *l, gabs_t to, gabs_t limit);

/* What the kinds of file are: each tells its own, and loads it. 0 or < 0. */
bool linux_is(const struct load *l);
int linux_load(struct load *l);
bool multiboot_is(const struct load *l);
int multiboot_load(struct load *l);
bool sector_is(const struct load *l);
int sector_load(struct load *l);

/* elf.c: the segments of a 32-bit ELF file; *end becomes the first address behind them. 0 or < 0. */
int elf_load(struct load *l, gabs_t *end, uint64_t *entry);

/* ---- map.c: storage, as a firmware tells it --------------------------------------------- */

struct map_range {
	uint64_t from, size;
	uint32_t type; /* 1 usable, 2 reserved */
} __attribute__((packed));

#define MAP_RANGES 4
/* Zeros from `from` to before `to`, both in storage. 0 or < 0. */
int ipl_clear(struct vm *vm, gabs_t from, gabs_t to);
unsigned map_ranges(const struct vm *vm, struct map_range range[MAP_RANGES]);

/* Where in storage what a kernel is told stands: below these, and above, is its own. */
#define BOOT_INFORMATION  0x10000u
#define BOOT_COMMAND_LINE 0x20000u
#define BOOT_PAGE_TABLES  0x71000u
#define HIGH_FIRST        0x100000u

/* Fields of foreign structures. */
static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static inline uint64_t get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static inline void set32(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

#endif
