/*
 * cmsfs.h - the CMS-lite file system: what is on the disk, and the calls that read and change it.
 *
 * Owns: the on-disk structures, shared word for word by the guest (cms-lite), the host (`vm40`) and the unit tests.
 * Before it: a struct cmsfs_store that reads and writes 512-byte sectors. After it: the guest's file commands, host.h.
 * docs/reference/cms-lite.md describes the format in prose. Heritage: the CMS EDF file system (two directories, written
 * alternately, so that a power cut leaves the old one or the new one).
 *
 * Simplification: a file has at most ten extents and is only ever written whole; free space is what no file owns, found
 * by looking at every file, and is not recorded.
 */
#ifndef CMSFS_H
#define CMSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CMSFS_SECTOR        512u
#define CMSFS_BLOCK         1024u
#define CMSFS_BLOCK_SECTORS (CMSFS_BLOCK / CMSFS_SECTOR)
#define CMSFS_NAME          8u
#define CMSFS_EXTENTS       10u
#define CMSFS_FILES_MAX     512u /* catalogue entries on the largest disk: 64 KiB */
#define CMSFS_BLOCKS_MIN    16u  /* 32 sectors: the smallest disk that FORMAT accepts */
#define CMSFS_VERSION       1u
#define CMSFS_MAGIC         "VM40CMFS"
#define CMSFS_RECORD_MAX    65535u

/* Fixed places, in blocks. The two superblocks are one sector each: a sector is written whole or not at all. */
#define CMSFS_SUPER_BLOCK 1u /* and 2: generation n lives in block 1 + (n & 1) */
#define CMSFS_BOOT_BLOCK  3u

/* Numbers on disk are big-endian at any alignment, on every port. */
struct cmsfs_be32 {
	uint8_t byte[4];
};
struct cmsfs_be64 {
	uint8_t byte[8];
};

uint32_t cmsfs_get32(struct cmsfs_be32 field);
uint64_t cmsfs_get64(struct cmsfs_be64 field);
struct cmsfs_be32 cmsfs_be32(uint32_t value);
struct cmsfs_be64 cmsfs_be64(uint64_t value);

struct cmsfs_extent {
	struct cmsfs_be32 start; /* block number */
	struct cmsfs_be32 count; /* blocks, never 0 */
};

/* One file. Catalogue entries 0 to count-1 are in use, in no particular order. */
struct cmsfs_entry {
	char name[CMSFS_NAME]; /* ASCII, upper case, padded with blanks */
	char type[CMSFS_NAME];
	char format; /* 'V': lines of ASCII text, each ended by X'0A'; 'F': records of record_length bytes */
	uint8_t reserved[3];             /* 0 */
	struct cmsfs_be32 record_length; /* F: bytes of each record; V: of the longest line */
	struct cmsfs_be32 records;
	struct cmsfs_be32 extents; /* how many of extent[] are in use */
	struct cmsfs_be64 bytes;
	struct cmsfs_be64 changed; /* seconds since 1970-01-01 00:00 UTC */
	struct cmsfs_extent extent[CMSFS_EXTENTS];
};

/* Half a kilobyte that says everything about a disk; the valid one of the higher generation counts. */
struct cmsfs_super {
	char magic[8];
	struct cmsfs_be32 version;
	struct cmsfs_be32 block_size; /* 1024 */
	struct cmsfs_be64
		generation;       /* one more at every change; its low bit picks superblock and catalogue */
	char label[CMSFS_NAME];   /* as file names; DSKLBL of ACCESS and QUERY DISK */
	struct cmsfs_be32 blocks; /* whole disk */
	struct cmsfs_be32 boot_blocks;   /* from CMSFS_BOOT_BLOCK: the nucleus that IPL loads; may be 0 */
	struct cmsfs_be32 catalogue[2];  /* first block of either catalogue */
	struct cmsfs_be32 limit;         /* entries either catalogue has room for; a multiple of 8 */
	struct cmsfs_be32 data;          /* first block that files may use */
	struct cmsfs_be32 count;         /* files */
	struct cmsfs_be32 catalogue_sum; /* CRC-32 of the entries in use */
	struct cmsfs_be64 formatted;     /* seconds since 1970 */
	uint8_t reserved[512 - 76];      /* 0 */
	struct cmsfs_be32 sum;           /* CRC-32 of the 508 bytes before */
};

_Static_assert(sizeof(struct cmsfs_entry) == 128, "catalogue entry");
_Static_assert(sizeof(struct cmsfs_super) == CMSFS_SECTOR, "superblock");

enum cmsfs_error {
	CMSFS_OK = 0,
	CMSFS_IO = -1,            /* the store failed */
	CMSFS_NOT_FORMATTED = -2, /* neither superblock has the magic */
	CMSFS_DAMAGED = -3,       /* it has, but no superblock with its catalogue passes every check */
	CMSFS_FULL = -4,          /* no free block, or more pieces needed than a file can have */
	CMSFS_NO_ENTRY = -5,      /* catalogue full */
	CMSFS_READ_ONLY = -6,
	CMSFS_BUSY = -7,      /* a file is being written already */
	CMSFS_TOO_SMALL = -8, /* too few sectors to format */
	CMSFS_NO_FILE = -9,
	CMSFS_BAD_NAME = -10,
	CMSFS_TOO_LARGE =
		-11, /* a record or file beyond the format's numbers, or a nucleus beyond the boot blocks */
};

/* A short English phrase for an error. */
const char *cmsfs_error_text(int error);

/* Where sectors come from. read and write return 0, or negative when the device failed. */
struct cmsfs_store {
	int (*read)(struct cmsfs_store *store, uint32_t sector, uint32_t count, void *buffer);
	int (*write)(struct cmsfs_store *store, uint32_t sector, uint32_t count, const void *buffer);
	uint32_t sectors;
	bool read_only;
};

struct cmsfs_writer;

/* A disk in use. `files` is the caller's storage and must outlive it. */
struct cmsfs {
	struct cmsfs_store *store;
	struct cmsfs_super super;
	struct cmsfs_entry *files;
	uint32_t count;
	struct cmsfs_writer *writer; /* the one file being written, or NULL */
};

/* Write an empty file system; boot_blocks are kept free for a nucleus. The label is 1 to 8 characters. */
int cmsfs_make(struct cmsfs_store *store, const char *label, uint32_t boot_blocks, uint64_t now);

/*
 * Read and check a disk. files has room for `room` entries; CMSFS_FILES_MAX is always enough, and no more of it is
 * touched than the disk has files. Everything on the disk is taken for hostile.
 */
int cmsfs_mount(struct cmsfs *fs, struct cmsfs_store *store, struct cmsfs_entry *files, uint32_t room);

/* Is what was mounted still what the disk has? */
bool cmsfs_is_current(const struct cmsfs *fs);

/* Names: 1 to 8 of A-Z 0-9 $ # @ + - : _ ; fold makes the blank-padded upper-case form, CMSFS_BAD_NAME otherwise. */
int cmsfs_fold_name(const char *text, char name[CMSFS_NAME]);

/* name and type are blank-padded. NULL when there is no such file. */
struct cmsfs_entry *cmsfs_find(struct cmsfs *fs, const char name[CMSFS_NAME], const char type[CMSFS_NAME]);

/* Both commit: the change is on disk, whole, when they return CMSFS_OK, and did not happen otherwise. */
int cmsfs_erase(struct cmsfs *fs, struct cmsfs_entry *entry);
int cmsfs_rename(struct cmsfs *fs, struct cmsfs_entry *entry, const char name[CMSFS_NAME],
		 const char type[CMSFS_NAME]);

uint32_t cmsfs_blocks_used(const struct cmsfs *fs);  /* by files */
uint32_t cmsfs_blocks_total(const struct cmsfs *fs); /* that files may use */

/* Reading: sequential, from an entry's copy, so the catalogue may change meanwhile. */
struct cmsfs_reader {
	struct cmsfs *fs;
	struct cmsfs_entry entry;
	uint64_t offset;
	uint32_t cached; /* block in buffer; 0 = none */
	uint8_t buffer[CMSFS_BLOCK];
};
void cmsfs_open(struct cmsfs_reader *reader, struct cmsfs *fs, const struct cmsfs_entry *entry);
/* Returns bytes read, 0 at the end, or an error. */
int cmsfs_read(struct cmsfs_reader *reader, void *data, uint32_t size);

/*
 * Writing: create, append, finish. Nothing is visible before finish, which replaces a file of the same name and commits.
 * A writer that is not finished must be given to cmsfs_abandon; its blocks are free again.
 */
struct cmsfs_writer {
	struct cmsfs *fs;
	struct cmsfs_entry entry;
	uint32_t fill;    /* bytes in buffer */
	uint32_t line;    /* V: length of the line being written */
	uint32_t longest; /* V */
	uint8_t buffer[CMSFS_BLOCK];
};
int cmsfs_create(struct cmsfs_writer *writer, struct cmsfs *fs, const char name[CMSFS_NAME],
		 const char type[CMSFS_NAME], char format, uint32_t record_length);
int cmsfs_append(struct cmsfs_writer *writer, const void *data, uint32_t size);
int cmsfs_finish(struct cmsfs_writer *writer, uint64_t now);
void cmsfs_abandon(struct cmsfs_writer *writer);

/*
 * Boot. image is a multiboot kernel, for a PC: sector 0 becomes a VM/40 boot record that says where it is. Or it is the raw
 * image as for absolute 0, for s390x: sector 0 becomes an FBA IPL record that loads the nucleus; what lies below
 * CMSFS_NUCLEUS_ORIGIN is not loaded, except for the PSW in its first 8 bytes.
 */
#define CMSFS_NUCLEUS_ORIGIN 0x2000u
int cmsfs_boot_write(struct cmsfs *fs, const void *image, uint32_t size);
uint32_t cmsfs_boot_blocks(const void *image, uint32_t size);

#endif
