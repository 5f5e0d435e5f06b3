/*
 * format.h - every byte of a CP volume that both CP and the host tools must agree on.
 *
 * Owns: the volume label, the areas, the object directory, the clock block, the spool area and saved machines as they lie on disk.
 * Before it: nothing (freestanding, <stdint.h> only). After it: cp/volume/, cp/spool/, cp/saved/ (CP's side) and directory/ (the
 * host's side).
 * Heritage: DMKCKS (checkpoint), UDIRECT/UMACBLOK (object directory), SFBLOK and SPLINK (spool files), DMKSNT (saved systems).
 * Simplification: one volume holds everything; an area is one run of blocks.
 *
 * The words used here
 *   sector   512 bytes, what the disk transfers whole: a sector is written entirely or not at all
 *   block    4096 bytes, eight sectors, what CP transfers; block b begins at sector b * 8
 *   area     a run of blocks named by the label
 *
 * All numbers are big-endian and are declared as byte arrays (struct be32 ...), so a structure has no padding, may lie at
 * any address and reads the same on every machine. All names are ASCII, upper case, padded with blanks. Times are
 * microseconds since 1970-01-01 00:00 UTC. Reserved bytes are written as zero and not looked at.
 *
 * Checking: a volume is hostile input. Every structure begins with a magic and a CRC-32 (cp/crc32.h) that covers all the bytes
 * AFTER the CRC field, to the end that the structure's comment names. A reader must, in this order: check the magic, check
 * the CRC, check the version, and then still check each offset, length and block number that it takes from the structure
 * against the place that it points into (a CRC shows damage, not malice): see the "must hold" lines. Add with care: test
 * `length <= limit - offset` after `offset <= limit`, never `offset + length <= limit`.
 */
#ifndef CP_VOLUME_FORMAT_H
#define CP_VOLUME_FORMAT_H

#include <stdint.h>

/* ------------------------------------------------------------------------------------------------ big-endian fields */

struct be16 {
	uint8_t b[2];
};
struct be32 {
	uint8_t b[4];
};
struct be64 {
	uint8_t b[8];
};

static inline uint16_t be16_get(struct be16 v)
{
	return (uint16_t)(v.b[0] << 8 | v.b[1]);
}

static inline uint32_t be32_get(struct be32 v)
{
	return (uint32_t)v.b[0] << 24 | (uint32_t)v.b[1] << 16 | (uint32_t)v.b[2] << 8 | v.b[3];
}

static inline uint64_t be64_get(struct be64 v)
{
	return (uint64_t)v.b[0] << 56 | (uint64_t)v.b[1] << 48 | (uint64_t)v.b[2] << 40 |
	       (uint64_t)v.b[3] << 32 | (uint64_t)v.b[4] << 24 | (uint64_t)v.b[5] << 16 |
	       (uint64_t)v.b[6] << 8 | v.b[7];
}

static inline struct be16 be16_make(uint16_t n)
{
	return (struct be16){{(uint8_t)(n >> 8), (uint8_t)n}};
}

static inline struct be32 be32_make(uint32_t n)
{
	return (struct be32){{(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n}};
}

static inline struct be64 be64_make(uint64_t n)
{
	struct be64 v;

	for (int i = 0; i < 8; i++)
		v.b[i] = (uint8_t)(n >> (56 - 8 * i));
	return v;
}

/* ------------------------------------------------------------------------------------------------------- the volume */

#define VOLUME_SECTOR            512u
#define VOLUME_BLOCK             4096u
#define VOLUME_SECTORS_PER_BLOCK (VOLUME_BLOCK / VOLUME_SECTOR)

#define VOLUME_LABEL_BLOCK 1u /* block 0 belongs to the machine's IPL record */
#define VOLUME_LABEL_MAGIC "VM40VOL\n"
#define VOLUME_VERSION     1u

/* Areas of the label. New areas take new numbers; a number is never given another meaning. */
enum volume_area_id {
	VOLUME_AREA_IPL = 0,         /* CP's own text, for a real IPL from this volume (reserved) */
	VOLUME_AREA_CLOCK = 1,       /* two blocks, see struct volume_clock */
	VOLUME_AREA_OBJECT_A = 2,    /* object directory, first slot */
	VOLUME_AREA_OBJECT_B = 3,    /* object directory, second slot */
	VOLUME_AREA_SPOOL_FILES = 4, /* table of struct disk_spool_file, one a sector */
	VOLUME_AREA_SPOOL_DATA = 5,  /* data and indirect blocks of spool files */
	VOLUME_AREA_SAVED = 6,       /* saved machines: their catalogue, twice, and their bytes */
	VOLUME_AREA_MINIDISK =
		7, /* all that is left: minidisks named by the directory lie here and nowhere else */
	VOLUME_AREA_COUNT = 16
};

/* A run of blocks. count 0: the area does not exist. Must hold: first + count <= blocks of the volume; no two areas share a
 * block; no area holds block 0 or 1. */
struct volume_area {
	struct be32 first;
	struct be32 count;
};

/* The label: the first 512 bytes of block 1. The CRC covers bytes 12 to 511. */
struct volume_label {
	uint8_t magic[8]; /* VOLUME_LABEL_MAGIC */
	struct be32 crc;
	struct be32 version;     /* VOLUME_VERSION; refuse a higher one */
	struct be32 sector_size; /* 512 */
	struct be32 block_size;  /* 4096 */
	struct be32 blocks;      /* of the whole volume; must hold: at least this many on the disk */
	uint8_t volser[6];
	uint8_t reserved1[2];
	struct be64 created;
	struct be64 identity; /* random, tells two volumes of the same name apart */
	struct volume_area area[VOLUME_AREA_COUNT];
	uint8_t reserved2[332];
};

/* Sizes that the formatter gives when it is not told otherwise: CP takes the first 64 MiB, so minidisks begin at sector 131072; saved
 * machines have the last 128 MiB. */
#define VOLUME_DEFAULT_BYTES         (384u << 20)
#define VOLUME_DEFAULT_CP_BLOCKS     ((64u << 20) / VOLUME_BLOCK)
#define VOLUME_DEFAULT_CP_SECTORS    (VOLUME_DEFAULT_CP_BLOCKS * VOLUME_SECTORS_PER_BLOCK)
#define VOLUME_DEFAULT_OBJECT_BLOCKS ((4u << 20) / VOLUME_BLOCK)
#define VOLUME_DEFAULT_SPOOL_BLOCKS  ((48u << 20) / VOLUME_BLOCK)
#define VOLUME_DEFAULT_SPOOL_FILES   1024u
#define VOLUME_DEFAULT_SAVED_BYTES   (128u << 20)

/* -------------------------------------------------------------------------------------------------------- the clock */

#define CLOCK_MAGIC   "VM40CLK\n"
#define CLOCK_VERSION 1u

enum clock_state {
	CLOCK_DOWN = 0,    /* CP shut down in order, or the volume is new */
	CLOCK_RUNNING = 1, /* CP is running, or it stopped without SHUTDOWN */
};

/* What CP knows at its last breath: the first 512 bytes of each of the two blocks of the area. CP writes the one with the lower
 * sequence, so that a torn write leaves the other. The valid one with the higher sequence counts; with none valid, time is
 * unknown (not an error). At IPL the clock is set to the later of the machine's clock and `time`. The CRC covers bytes 12 to 511. */
struct volume_clock {
	uint8_t magic[8]; /* CLOCK_MAGIC */
	struct be32 crc;
	struct be32 version;
	struct be64 sequence;
	struct be64 time;
	uint8_t state; /* enum clock_state */
	uint8_t reserved[479];
};

/* --------------------------------------------------------------------------------------------- the object directory */

/*
 * A slot (area OBJECT_A or OBJECT_B) is:
 *
 *   byte 0                  struct object_header (512 bytes; the rest of its block is reserved)
 *   byte index_offset       struct object_index[count], ascending by userid, no two alike
 *   offset of an index      struct object_entry, followed by typed records up to the length that the index gives
 *   up to length            nothing belongs to the directory beyond
 *
 * The valid slot with the higher generation is the directory. A writer takes the OTHER slot: first it wipes the slot's header, flushes,
 * writes index and entries, flushes, writes the header, flushes. Whatever moment the power goes, one whole directory stays.
 *
 * Header, each index and each entry have a CRC of their own, so a look-up reads and verifies about log2(count) indexes and one
 * entry, never the whole directory. cp/object.h does all of this, with bounds checks, for CP and host alike.
 */
#define OBJECT_MAGIC   "VM40OBJ\n"
#define OBJECT_VERSION 1u

/* The CRC covers bytes 12 to 511. */
struct object_header {
	uint8_t magic[8]; /* OBJECT_MAGIC */
	struct be32 crc;
	struct be32 version;      /* OBJECT_VERSION; refuse a higher one */
	struct be64 generation;   /* 1, 2, 3 ... */
	struct be64 length;       /* bytes used, from byte 0 of the slot; must hold: <= size of the slot */
	struct be32 count;        /* users; must hold: index_offset + 32 * count <= length */
	struct be32 index_offset; /* must hold: >= 512 */
	struct be32 data_crc;     /* of bytes index_offset to length - 1 (for a check of the whole) */
	struct be32 weak;         /* users whose password is their userid: CP warns at start if not 0 */
	struct be64 created;
	uint8_t volser[6]; /* of the volume that the source's DIRECTORY statement names */
	uint8_t reserved1[2];
	uint8_t identity[32]; /* SHA-256 of the index and the entries: tells which directory this is */
	struct be32 changed;  /* entries with OBJECT_USER_CHANGED */
	uint8_t reserved2[412];
};

/* The CRC covers bytes 4 to 31. */
struct object_index {
	struct be32 crc;
	struct be32 entry_crc; /* of all `length` bytes of the entry */
	uint8_t userid[8];
	struct be64 offset; /* from byte 0 of the slot; must hold: offset + length <= the header's length */
	struct be32 length; /* of the entry with its records; must hold: 16 <= length <= OBJECT_ENTRY_MAX */
	uint8_t flags;      /* OBJECT_USER_WEAK, OBJECT_USER_CHANGED */
	uint8_t reserved[3];
};

#define OBJECT_USER_WEAK 0x01u /* the password is the userid */
#define OBJECT_USER_CHANGED                                                                                  \
	0x02u /* CP changed the entry by itself: the host's database does not know of it yet */

#define OBJECT_ENTRY_MAGIC "USER"
#define OBJECT_ENTRY_MAX   65536u

/* Must hold: userid and length are those of the index; one OBJECT_PASSWORD and one OBJECT_MACHINE follow. */
struct object_entry {
	uint8_t magic[4]; /* OBJECT_ENTRY_MAGIC */
	struct be32 length;
	uint8_t userid[8];
};

/* Head of each record. Must hold: 4 <= length <= bytes left in the entry. A reader must skip a type that it does not know, unless
 * the type has OBJECT_MUST: then the entry cannot be used by this CP. A record may be LONGER than the structure here (a later
 * version appended fields): take what is known. Shorter: the entry is damaged. Devices come after everything else. */
struct object_record {
	struct be16 type;
	struct be16 length; /* with this head */
};

#define OBJECT_MUST 0x8000u

enum object_type {
	OBJECT_PASSWORD = 1, /* once */
	OBJECT_MACHINE = 2,  /* once */
	OBJECT_ACCOUNT = 3,  /* at most once */
	OBJECT_IPL = 4,      /* at most once */
	OBJECT_SHARE = 5,    /* at most once */
	OBJECT_LOGONBY = 6, /* at most OBJECT_LOGONBY_MAX: who may LOGON to this userid BY the own password */
	OBJECT_AUTOLOG = 7, /* any number: who may XAUTOLOG this userid */
	OBJECT_COMMAND = 8, /* any number, in order: run at LOGON, before IPL */
	OBJECT_CONSOLE = 9, /* at most once */
	OBJECT_SPOOL = 10,  /* any number */
	OBJECT_MDISK = 11,  /* any number */
	OBJECT_LINK = 12,   /* any number, in order */
	OBJECT_TEMPORARY = 13, /* any number */
};

#define OBJECT_LOGONBY_MAX  8u
#define OBJECT_COMMAND_MAX  240u
#define OBJECT_PARM_MAX     240u
#define OBJECT_PASSWORD_MAX 32u  /* characters of a password */
#define OBJECT_DEVICES_MAX  400u /* CONSOLE, SPOOL, MDISK, LINK and TEMPORARY records of one user together */
#define OBJECT_STORAGE_MAX  (1ull << 40) /* bytes of one virtual machine */
#define OBJECT_CPUS_MAX     64u

enum secret_kind {
	SECRET_NONE = 0, /* no password: nobody is admitted by one */
	SECRET_HASH = 1,
	SECRET_ALL = 2,      /* minidisks only: everybody is admitted without a password */
	SECRET_NOLOG = 3,    /* users only: nobody can log on */
	SECRET_NOPASS = 4,   /* users only: log on without a password */
	SECRET_AUTOONLY = 5, /* users only: AUTOLOG and XAUTOLOG only */
	SECRET_LBYONLY = 6,  /* users only: LOGON BY only */
};

#define SECRET_WEAK           0x01u /* flag: the password is the userid */
#define SECRET_SALT           16u
#define SECRET_DIGEST         32u
#define SECRET_ITERATIONS     1000u    /* what the compiler uses unless told otherwise */
#define SECRET_ITERATIONS_MAX 1000000u /* refuse more: a damaged count must not stop CP for a year */

/* A password. digest = PBKDF2-HMAC-SHA-256(password, salt, iterations, 32), the password in ASCII UPPER CASE without padding: passwords
 * are not case-sensitive, as in VM. */
struct object_secret {
	uint8_t kind; /* enum secret_kind */
	uint8_t flags;
	uint8_t reserved[2];
	struct be32 iterations; /* of SECRET_HASH; must hold: 1 <= iterations <= SECRET_ITERATIONS_MAX */
	uint8_t salt[SECRET_SALT];
	uint8_t digest[SECRET_DIGEST];
};

struct object_password {
	struct object_record record;
	struct object_secret secret;
};

enum object_mode {
	OBJECT_MODE_ESA = 1,
	OBJECT_MODE_XA = 2,
	OBJECT_MODE_XC = 3,
	OBJECT_MODE_Z = 4,
};

/* Privilege classes: A is bit 0 ... Z is bit 25, 1 to 6 are bits 26 to 31. */
#define OBJECT_CLASS_BIT(letter) (1u << ((letter) - 'A'))

enum object_option {
	OBJECT_OPTION_QUICKDSP = 1u << 0,
	OBJECT_OPTION_LNKNOPAS = 1u << 1, /* LINK asks no password */
	OBJECT_OPTION_ACCT = 1u << 2,
	OBJECT_OPTION_TODENABLE = 1u << 3,
	OBJECT_OPTION_DEVINFO = 1u << 4,
	OBJECT_OPTION_CPUID = 1u << 5,   /* cpuid holds */
	OBJECT_OPTION_MAXCONN = 1u << 6, /* maxconn holds */
};

struct object_machine {
	struct object_record record;
	uint8_t mode;     /* enum object_mode */
	uint8_t cpus;     /* how many the user may define, 1 to OBJECT_CPUS_MAX */
	uint8_t priority; /* 0 to 99 (VM/370); 64 unless told otherwise */
	uint8_t edit[4];  /* line end, line delete, character delete, escape; 0 = off */
	uint8_t reserved;
	struct be32 classes; /* privilege classes, see OBJECT_CLASS_BIT */
	struct be32 options; /* enum object_option */
	struct be64 storage; /* bytes at LOGON; a multiple of 4096; must hold: <= maximum */
	struct be64 maximum; /* bytes that DEFINE STORAGE may reach */
	struct be32 cpuid;   /* six hexadecimal digits of STIDP */
	struct be32 maxconn;
};

struct object_account {
	struct object_record record;
	uint8_t account[8];
	uint8_t distribution[8];
};

/* name is blank: IPL the device vdev. Else the saved system of that name. parm fills the record to its end. */
struct object_ipl {
	struct object_record record;
	uint8_t name[8];
	struct be16 vdev;
	uint8_t reserved[2];
	uint8_t loadparm[8];
	uint8_t parm[]; /* ASCII, at most OBJECT_PARM_MAX; length = record.length - 24 */
};

enum object_share_kind {
	OBJECT_SHARE_RELATIVE = 1, /* value 1 to 10000, default 100 */
	OBJECT_SHARE_ABSOLUTE = 2, /* value in tenths of a percent, 1 to 1000 */
};

enum object_share_limit {
	OBJECT_SHARE_NOLIMIT = 0,
	OBJECT_SHARE_LIMITSOFT = 1,
	OBJECT_SHARE_LIMITHARD = 2,
};

struct object_share {
	struct object_record record;
	uint8_t kind;
	uint8_t limit;      /* enum object_share_limit */
	uint8_t limit_kind; /* enum object_share_kind of limit_value; 0 = the share itself is the limit */
	uint8_t reserved;
	struct be32 value;
	struct be32 limit_value;
};

/* LOGONBY and AUTOLOG */
struct object_userid {
	struct object_record record;
	uint8_t userid[8];
};

struct object_command {
	struct object_record record;
	uint8_t text[]; /* ASCII, 1 to OBJECT_COMMAND_MAX; length = record.length - 4 */
};

/* Device types are written as their four digits in hexadecimal: a 3215 is 0x3215. */
struct object_console {
	struct object_record record;
	struct be16 vdev;
	struct be16 devtype; /* 0x3215, 0x3270 */
	uint8_t class;       /* spool class, 'T' unless told otherwise */
	uint8_t observer;    /* 1: secuser is an observer only */
	uint8_t reserved[2];
	uint8_t secuser[8]; /* secondary user, or blank */
};

enum disk_spool_device {
	DISK_SPOOL_READER = 1,
	DISK_SPOOL_PUNCH = 2,
	DISK_SPOOL_PRINTER = 3,
	DISK_SPOOL_CONSOLE = 4, /* files only: a spooled console */
};

struct object_spool {
	struct object_record record;
	struct be16 vdev;
	struct be16 devtype; /* 0x2540, 0x3505, 0x3525, 0x1403, 0x3203, 0x3211 */
	uint8_t kind;        /* enum disk_spool_device: READER, PUNCH or PRINTER */
	uint8_t class;       /* 'A' to 'Z', '0' to '9'; a reader also '*' (the default): all classes */
	uint8_t reserved[2];
};

enum link_mode {
	LINK_R = 1,
	LINK_RR = 2,
	LINK_W = 3,
	LINK_WR = 4,
	LINK_M = 5,
	LINK_MR = 6,
	LINK_MW = 7,
};

/* A minidisk: sectors start to start + sectors - 1 of the volume. Must hold: sectors >= 1, and the whole extent lies in the
 * volume's MINIDISK area. CP checks this again at each LINK. */
struct object_mdisk {
	struct object_record record;
	struct be16 vdev;
	struct be16 devtype; /* 0x9336, 0x3370 */
	uint8_t volser[6];
	uint8_t mode; /* enum link_mode: what the owner gets at LOGON */
	uint8_t reserved;
	struct be32 start;
	struct be32 sectors;
	struct object_secret read;
	struct object_secret write;
	struct object_secret multi;
};

struct object_link {
	struct object_record record;
	uint8_t userid[8];
	struct be16 owner_vdev; /* the disk of that user */
	struct be16 vdev;       /* its address here */
	uint8_t mode;           /* enum link_mode */
	uint8_t reserved[3];
};

enum object_temporary_kind {
	OBJECT_TEMPORARY_STORAGE = 1, /* V-DISK */
	OBJECT_TEMPORARY_SPOOL = 2,   /* T-DISK: blocks of the spool area */
};

#define OBJECT_TEMPORARY_MAX (1u << 21) /* sectors of a temporary disk: 1 GiB */

/* A disk that is made at LOGON, all zeros, and gone at LOGOFF. */
struct object_temporary {
	struct object_record record;
	struct be16 vdev;
	struct be16 devtype; /* 0x9336, 0x3370 */
	uint8_t kind;        /* enum object_temporary_kind */
	uint8_t mode;        /* enum link_mode: R and RR are read-only */
	uint8_t reserved[2];
	struct be32 sectors; /* 1 to OBJECT_TEMPORARY_MAX */
};

/* ------------------------------------------------------------------------------------------------------- spool files */

/*
 * The spool area is a small file system. SPOOL_FILES is a table of struct disk_spool_file, one in each 512-byte sector, and a sector of
 * zeros is free. A spool file names its data blocks directly (the first 72), then through indirect blocks of 1020 numbers each. Which
 * blocks are free is nowhere on disk: CP (and the host) builds the bitmap of SPOOL_DATA when it starts, from the spool files that
 * stand in the table.
 *
 * Order of writing, for a file that survives a crash whole or not at all: data blocks, indirect blocks, flush, the file's sector, flush.
 * A file is purged by writing zeros over its sector; only after that may its blocks be used again. Data blocks of a file that is
 * in the table are never written again. A change of name, class, owner or hold rewrites the one sector.
 *
 * Reading: block i of a file must carry the file's serial and the sequence i, else it is not part of the file.
 */
#define DISK_SPOOL_FILE_MAGIC     "SPFB"
#define DISK_SPOOL_DATA_MAGIC     "SPDB"
#define DISK_SPOOL_INDIRECT_MAGIC "SPIX"

#define DISK_SPOOL_DIRECT       72u
#define DISK_SPOOL_INDIRECT     24u
#define DISK_SPOOL_PER_INDIRECT 1020u
#define DISK_SPOOL_BLOCKS_MAX   (DISK_SPOOL_DIRECT + DISK_SPOOL_INDIRECT * DISK_SPOOL_PER_INDIRECT)
#define DISK_SPOOL_ID_MAX       9999u

enum disk_spool_flag {
	DISK_SPOOL_HOLD_USER = 0x01,   /* the owner holds it */
	DISK_SPOOL_HOLD_SYSTEM = 0x02, /* the operator holds it */
	DISK_SPOOL_KEEP = 0x04,        /* stays after it is read, with HOLD_USER set */
};

enum disk_spool_charset {
	DISK_SPOOL_BINARY = 0, /* nobody knows */
	DISK_SPOOL_EBCDIC = 1, /* code page 037 */
	DISK_SPOOL_ASCII = 2,
};

/* One spool file: exactly one sector. The CRC covers bytes 8 to 511. */
struct disk_spool_file {
	uint8_t magic[4]; /* DISK_SPOOL_FILE_MAGIC; all zero: this place is free */
	struct be32 crc;
	struct be64
		serial; /* never given twice: the greater of `created` and the table's highest serial + 1 */
	struct be16 id; /* 1 to DISK_SPOOL_ID_MAX; no two files have the same */
	uint8_t device; /* enum disk_spool_device: the queue in which it stands (READER for a file sent to a reader) */
	uint8_t origin_device; /* enum disk_spool_device: what made it; tells PUN, PRT and CON files apart in a reader */
	uint8_t class;   /* 'A' to 'Z', '0' to '9' */
	uint8_t flags;   /* enum disk_spool_flag */
	uint8_t charset; /* enum disk_spool_charset */
	uint8_t reserved1;
	uint8_t owner[8];    /* whose queue */
	uint8_t origin[8];   /* who made it */
	uint8_t filename[8]; /* blank if not named */
	uint8_t filetype[8];
	uint8_t distribution[8];
	struct be64 created;
	struct be64 bytes; /* of all records, without their heads */
	struct be32 records;
	struct be32 blocks; /* data blocks; must hold: <= DISK_SPOOL_BLOCKS_MAX and <= the SPOOL_DATA area */
	struct be16 copies; /* 1 to 255 */
	struct be16 width;  /* longest record */
	uint8_t reserved2[36];
	/* Blocks of the volume, 0 beyond the last in use. Must hold: in SPOOL_DATA, and no block in two places. */
	struct be32 direct[DISK_SPOOL_DIRECT];
	struct be32 indirect[DISK_SPOOL_INDIRECT];
};

#define DISK_SPOOL_DATA_HEAD 32u
#define DISK_SPOOL_DATA_ROOM (VOLUME_BLOCK - DISK_SPOOL_DATA_HEAD)

/* A data block. The CRC covers bytes 8 to 32 + used - 1; the rest of the block has no meaning. */
struct disk_spool_block {
	uint8_t magic[4]; /* DISK_SPOOL_DATA_MAGIC */
	struct be32 crc;
	struct be64 serial;   /* of the file */
	struct be32 sequence; /* 0, 1, 2 ... */
	struct be16 used;     /* bytes of data; must hold: <= DISK_SPOOL_DATA_ROOM; check it BEFORE the CRC */
	struct be16 records;  /* how many begin (and end) here */
	uint8_t reserved[8];
	/* records, one after the other; a record never runs on into the next block */
	uint8_t data[DISK_SPOOL_DATA_ROOM];
};

/* Must hold: 4 + length <= bytes left of `used`. */
struct disk_spool_record {
	struct be16 length; /* of the text, without this head; 0 is an empty line */
	/* The CCW command that wrote it: 01 write without spacing, 09 write and space 1, 89 write and skip to channel 1 ...;
	 * immediate ones (0B ...) with length 0; 41 for cards; 0 none. */
	uint8_t control;
	uint8_t reserved;
	uint8_t text[];
};

#define DISK_SPOOL_RECORD_HEAD 4u
#define DISK_SPOOL_RECORD_MAX  (DISK_SPOOL_DATA_ROOM - DISK_SPOOL_RECORD_HEAD)

/* An indirect block. The CRC covers bytes 8 to 4095. indirect[k].block[j] is the data block of sequence 72 + 1020 * k + j. */
struct disk_spool_indirect {
	uint8_t magic[4]; /* DISK_SPOOL_INDIRECT_MAGIC */
	struct be32 crc;
	struct be64 serial;
	struct be32 block[DISK_SPOOL_PER_INDIRECT]; /* 0 beyond the last */
};

/* --------------------------------------------------------------------------------------------------- saved machines */

/*
 * The area SAVED is a catalogue, twice, and data blocks. A slot of the catalogue has saved_slot_blocks() blocks; the first slot
 * begins with the area, the second follows it, and all that is left is data. A slot is:
 *
 *   byte 0        struct disk_saved_header (512 bytes)
 *   byte 512      struct disk_saved_entry[count], ascending by kind, owner, name, no two alike
 *   behind them   struct disk_saved_extent[extents]: those of the first entry, then of the second ...
 *
 * The valid slot with the higher generation is the catalogue; with both headers wiped (zeros, as on a new volume) it is empty. An
 * image's bytes are those of its data blocks, one after the other. Which blocks are free is nowhere on disk: no entry names them.
 *
 * Order of writing, for an image that is there whole or not at all: its data blocks, into blocks that are free; the header of the
 * slot NOT in use is wiped; flush; that slot's entries and extents; flush; its header; flush. Only then may the blocks of what the new
 * catalogue names no more be used again. If the header's write fails nobody knows which catalogue counts: the blocks of both stay
 * taken until that header has been wiped.
 */
#define DISK_SAVED_MAGIC   "VM40SAV\n"
#define DISK_SAVED_VERSION 1u
#define DISK_SAVED_IMAGES  1000u /* entries at most */

/* Blocks of a slot in an area of so many: 1000 entries, and some 500 extents for each 2 MiB of area up to 256 MiB. */
static inline uint32_t saved_slot_blocks(uint32_t area_blocks)
{
	return 16 + (area_blocks < 65536 ? area_blocks : 65536) / 512;
}

/* Of an entry. */
#define SAVED_DISKS 0x01u /* the image holds the contents of disks, too */
#define SAVED_RESTORING                                                                                      \
	0x02u /* they are being written back: until that has ended the disks are neither old nor new */

enum saved_kind {
	SAVED_MACHINE = 1,  /* a machine that somebody saved */
	SAVED_SYSTEM = 2,   /* a named system, to be IPLed by its name */
	SAVED_AUTOSAVE = 3, /* a machine that CP saved by itself */
};

/* The CRC covers bytes 12 to 511. */
struct disk_saved_header {
	uint8_t magic[8]; /* DISK_SAVED_MAGIC */
	struct be32 crc;
	struct be32 version;    /* DISK_SAVED_VERSION; refuse a higher one */
	struct be64 generation; /* 1, 2, 3 ... */
	struct be32 count;      /* entries; must hold: <= DISK_SAVED_IMAGES */
	struct be32 extents;    /* must hold: 512 + 64 * count + 8 * extents <= bytes of the slot */
	struct be32 data_crc;   /* of the entries and the extents */
	uint8_t reserved1[4];
	struct be64 next_serial; /* higher than that of any image that there has been */
	struct be64 created;     /* of this generation */
	uint8_t reserved2[456];
};

/* Must hold: name and owner are printable and not blank; the extents have as many blocks as `bytes` needs. Names of SYSTEMs differ even
 * if their owners do. */
struct disk_saved_entry {
	uint8_t name[8];
	uint8_t owner[8]; /* the user whose machine it is; who saved it, for a SYSTEM */
	uint8_t kind;     /* enum saved_kind */
	uint8_t flags;    /* SAVED_DISKS, SAVED_RESTORING */
	uint8_t reserved1[2];
	struct be32 crc;     /* of all bytes of the image */
	struct be64 serial;  /* must hold: < next_serial */
	struct be64 created; /* when it was committed */
	struct be64 bytes;
	struct be32 extents;
	uint8_t reserved2[12];
};

/* A run of blocks of the volume. Must hold: count >= 1, all among the data blocks, no block in two extents. */
struct disk_saved_extent {
	struct be32 first;
	struct be32 count;
};

/* ------------------------------------------------------------------------------ the compiler proves the sizes above */

#define FORMAT_SIZE(name, size)                                                                              \
	_Static_assert(sizeof(struct name) == (size), "struct " #name " is not " #size " bytes")

FORMAT_SIZE(volume_label, 512);
FORMAT_SIZE(volume_clock, 512);
FORMAT_SIZE(object_header, 512);
FORMAT_SIZE(object_index, 32);
FORMAT_SIZE(object_entry, 16);
FORMAT_SIZE(object_secret, 56);
FORMAT_SIZE(object_password, 60);
FORMAT_SIZE(object_machine, 44);
FORMAT_SIZE(object_account, 20);
FORMAT_SIZE(object_ipl, 24);
FORMAT_SIZE(object_share, 16);
FORMAT_SIZE(object_userid, 12);
FORMAT_SIZE(object_console, 20);
FORMAT_SIZE(object_spool, 12);
FORMAT_SIZE(object_mdisk, 192);
FORMAT_SIZE(object_link, 20);
FORMAT_SIZE(object_temporary, 16);
FORMAT_SIZE(disk_spool_file, 512);
FORMAT_SIZE(disk_spool_block, 4096);
FORMAT_SIZE(disk_spool_indirect, 4096);
FORMAT_SIZE(disk_saved_header, 512);
FORMAT_SIZE(disk_saved_entry, 64);
FORMAT_SIZE(disk_saved_extent, 8);

#endif
