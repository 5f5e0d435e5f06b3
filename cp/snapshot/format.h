/*
 * format.h - every byte of a saved machine, for CP and the host's image tool alike.
 *
 * Owns: the header, the head of a record, the shapes of what records hold. What they mean is docs/reference/image.md, which was
 * there first. Before it: volume/format.h for big-endian fields. After it: stream.c. Heritage: none; CP-67 saved core images by name
 * (DMKSNT), and never a machine with its devices.
 *
 * All numbers are big-endian. Numbers of records, fields, encodings and ports' parts never change their meaning.
 */
#ifndef CP_SNAPSHOT_FORMAT_H
#define CP_SNAPSHOT_FORMAT_H

#include "../volume/format.h"

#define IMAGE_MAGIC   "VM40IMG\n"
#define IMAGE_VERSION 1u

/* The first 64 bytes. */
struct image_header {
	uint8_t magic[8];     /* IMAGE_MAGIC */
	struct be32 version;  /* IMAGE_VERSION; a higher one is refused */
	struct be32 length;   /* of this header; the first record begins there */
	uint8_t port[8];      /* "s390x", "x86_64"; ASCII padded with blanks, as names are */
	uint8_t userid[8];    /* whose machine it is */
	struct be32 page;     /* bytes of a page of storage: 4096 */
	struct be32 reserved; /* zero */
	struct be64 tod;      /* the clock when the machine stood: 1/4096 microseconds since 1900 */
	uint8_t unused[16];   /* zeros */
};

/* Head of each record; `length` bytes follow. */
struct image_record {
	struct be16 type;     /* enum image_type */
	struct be16 version;  /* of what it holds: 1 today */
	struct be32 instance; /* which CPU, device, part; 0 where there is one */
	struct be32 length;
};

#define IMAGE_RECORD_VERSION 1u
#define IMAGE_OPTIONAL       0x8000u /* of a type or a field's id: who does not know it passes over it */

enum image_type {
	IMAGE_END = 0,     /* last: struct image_end */
	IMAGE_MACHINE = 1, /* first: fields: whose, how large, how it was loaded */
	IMAGE_FACILITIES =
		2,        /* text: what the guest could see that another machine may lack, one name a line */
	IMAGE_DEVICE = 3, /* instance: its number. Fields: what every device has, its link or spool file */
	IMAGE_DEVICE_STATE = 4, /* after its DEVICE: fields of its class */
	IMAGE_DEVICE_PORT = 5,  /* the same: its subchannel, or its place on a PC's bus */
	IMAGE_OUTPUT =
		6, /* the same: struct image_line each: what was written into the spool file that is open */
	IMAGE_PART = 7,  /* instance: number of the port's part. Fields */
	IMAGE_CPU = 8,   /* instance: number of the CPU. Fields */
	IMAGE_PAGES = 9, /* struct image_pages, then data; ascending */
	IMAGE_BLOCKS =
		11, /* instance: number of a disk. The same of its blocks: all of them, without a gap */
	IMAGE_TERMINAL = 10 | IMAGE_OPTIONAL, /* fields: how its user's terminal was set */
	IMAGE_SYSTEM = 12, /* before pages: struct image_system, from which those are that are not here */
};

#define IMAGE_TYPES 13 /* known ones, without IMAGE_OPTIONAL */

/* Head of a field; then the name, and count values of size bytes. */
struct image_field {
	struct be16 id;
	struct be16 count;
	uint8_t size;  /* 1, 2, 4 or 8 */
	uint8_t flags; /* IMAGE_FIELD_* */
	uint8_t name;  /* characters of the name that follows: 1 to IMAGE_NAME_MAX */
	uint8_t reserved;
};

#define IMAGE_FIELD_TEXT  0x01u /* characters, in ASCII */
#define IMAGE_FIELD_CLOCK 0x02u /* goes on by itself */
#define IMAGE_NAME_MAX    16u
#define IMAGE_FIELDS_MAX  65536u /* bytes of a record of fields, lines or text */

/* A run of pages, or of a disk's blocks, that are alike. A page that no record names is all zeros and has the key 0 (but see IMAGE_SYSTEM). */
struct image_pages {
	struct be64 first; /* number of the page, or of the block */
	struct be32 count; /* 1 but for those without data */
	uint8_t key;       /* storage key, 0 where the machine has none, and of blocks */
	uint8_t encoding;  /* enum image_encoding */
	struct be16 reserved;
};

enum image_encoding {
	IMAGE_PAGE_ZERO = 0,  /* no data; here for its key */
	IMAGE_PAGE_PLAIN = 1, /* 4096 bytes */
	IMAGE_PAGE_LZ4 = 2,   /* an LZ4 block of fewer */
	IMAGE_PAGE_SYSTEM = 3 /* no data: as the saved system has it; here for its key */
};

/*
 * The named saved system with which the machine shared pages. Then a page that no record names is as the system has it, and all zeros
 * with the key 0 only where that has none.
 */
struct image_system {
	uint8_t name[8];
	struct be32 crc;   /* of the system's own image: all of its bytes, */
	struct be64 bytes; /* and how many */
};

/* One record of a spool file. */
struct image_line {
	struct be16 length; /* of the text that follows */
	uint8_t control;    /* carriage control, or a card's mark */
	uint8_t reserved;
};

/* Of the last record. The checksum covers all bytes before it, from the header's first on. */
struct image_end {
	struct be32 records; /* before this one */
	struct be64 length;  /* bytes before this record's head */
	struct be32 crc;     /* crc32.h */
};

#endif
