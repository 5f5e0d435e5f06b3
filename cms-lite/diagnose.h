/*
 * diagnose.h - the DIAGNOSE calls CMS-lite makes of CP, and the exact shape of their parameter lists.
 *
 * Owns: function codes, parameter lists, return codes, as the guest sees them. CP's own table is cp/diagnose/; the two
 * agree on this page. Numbers have the machine's byte order, texts its code (EBCDIC on s390x), and lines end with X'15' there,
 * with X'0A' where text is ASCII. Addresses are guest real; CMS-lite keeps all its buffers below 2 GB and translates nothing.
 *
 * Simplification: only what CMS-lite uses; X'210', X'250', X'258', X'308' and others are absent.
 */
#ifndef CMS_DIAGNOSE_H
#define CMS_DIAGNOSE_H

#include "machine.h"

/*
 * The registers of a call, in and out: Rx and Rx+1, Ry and Ry+1, and the one that X'A4' and X'A8' put their return code into.
 * Which they are, and the instruction, is the machine layer's. Returns the condition code.
 */
struct diagnose_registers {
	uint64_t x, x1, y, y1, result;
};
int machine_diagnose(uint32_t code, struct diagnose_registers *registers);

enum diagnose_code {
	DIAGNOSE_IDENTIFY = 0x00,
	DIAGNOSE_COMMAND = 0x08,
	DIAGNOSE_TIMER = 0x0c,
	DIAGNOSE_DEVICE_TYPE = 0x24,
	DIAGNOSE_STORAGE_SIZE = 0x60,
	DIAGNOSE_BLOCK_IO = 0xa4,
	DIAGNOSE_OPERATION = 0xa8,
};

/*
 * X'00' Store extended identification. Rx = address of a buffer, on a doubleword; Ry = its length in bytes
 * (CMS-lite passes 40).
 * CP stores one 40-byte entry (or as many bytes as fit) and lowers Ry by the number of bytes stored.
 */
struct diagnose_identity {
	uint8_t system_name[8]; /* `VM/40   ` */
	uint8_t version[3];
	uint8_t cpu_version; /* first byte of STIDP: FF */
	uint8_t mcel[2];
	uint8_t cpu_address[2];
	uint8_t userid[8]; /* padded with blanks: QUERY USERID of CMS-lite reads it here */
	uint8_t bitmap[8];
	uint8_t zone[4]; /* seconds east of UTC, signed */
	uint8_t release[4];
};

/*
 * X'08' Console function: run CP commands.
 *
 * Rx = address of the command text (0 to 240 bytes; a line end between commands), Ry = flags in bits 32-39, length in
 * bits 40-63. With flag X'40' the answer goes to the buffer at Rx+1, of the length in Ry+1 (at most 8192), each line
 * with its end, instead of to the terminal; the pairs Rx,Rx+1 and Ry,Ry+1 must then not overlap and neither x nor y may be 15
 * (specification exception, 0006, otherwise).
 *
 * Length 0 stops the virtual machine for commands from the terminal (CP READ).
 *
 * On return Ry = return code of the last command (0, or the number in CP's message; 1 = unknown command). With X'40':
 * cc 0: Ry+1 = bytes stored; cc 1: the buffer was too short, Ry+1 = number of bytes that did not fit.
 */
#define DIAGNOSE_COMMAND_RESPONSE 0x40000000u
#define DIAGNOSE_COMMAND_UNKNOWN  1

/*
 * X'0C' Pseudo timer. Rx = address of 32 bytes, on a doubleword.
 */
struct diagnose_timer {
	uint8_t date[8];       /* mm/dd/yy */
	uint8_t time[8];       /* hh:mm:ss */
	uint64_t virtual_time; /* microseconds of CPU the guest used */
	uint64_t total_time;   /* the same with CP's work for it */
};

/*
 * X'24' Device type and features. Rx = virtual device number (FFFFFFFF = the console: its number is returned in Rx).
 * y is even. cc 0: Ry = class, type, status, flags, one byte each; Ry+1 = the same for the real device; cc 2: the
 * same without a real device (spooled); cc 3: no such device.
 * For a disk, X'80' in the last byte of Ry says that the link is read-only.
 */
enum device_class {
	CLASS_TERMINAL = 0x80,
	CLASS_CARD_IN = 0x20,
	CLASS_CARD_OUT = 0x10,
	CLASS_CKD = 0x04,
	CLASS_FBA = 0x01,
};
#define DEVICE_FLAG_READ_ONLY 0x00000080u

/*
 * X'60' Determine virtual storage size: Rx = size in bytes.
 */

/*
 * X'A4' Synchronous block I/O on a disk.
 *
 * Rx = address of the parameter list, on a fullword. Ry is not used. The instruction completes when the transfer is over.
 * The list names up to 500 blocks; they need not be adjacent. The outcome is in the
 * result register and in the condition code:
 *
 *  cc code meaning
 *   0   0  done
 *   1   2  no such device, or not an FBA disk
 *   1   5  the device is busy, or has status pending
 *   2   8  block size is not 512, 1024, 2048 or 4096
 *   2  10  an entry of the block list lies outside guest storage
 *   2  11  count is not 1 to 500
 *   2  12  a buffer lies outside guest storage, or its key does not let it be used
 *   3  13  I/O error: a block past the end of the disk, a write to a read-only disk, or a real error; `done` says how many
 *          blocks are good, `unit_status`, `sense` say why (sense 0: X'80' command reject, X'40' intervention,
 *          X'08' data check; sense 1: X'02' write inhibited; past the end: command reject)
 *
 * Program interruptions: specification (0006) when the list is not on a fullword; operand (0015) when key bits 4-7 or a
 * reserved field are not zero, the type is neither read nor write, or the block list is not on a doubleword.
 */
struct block_io_entry {
	uint32_t block;   /* from 0, in units of block_size from the start of the minidisk */
	uint32_t address; /* guest real address of the buffer; any alignment, may cross pages */
};

struct block_io {
	uint16_t device;
	uint8_t key;  /* storage key in bits 0-3 */
	uint8_t type; /* BLOCK_IO_* */
	uint32_t block_size;
	uint32_t list; /* guest real address of struct block_io_entry [count] */
	uint32_t count;
	uint32_t done;          /* out: blocks transferred */
	uint8_t unit_status;    /* out: as in the SCSW */
	uint8_t channel_status; /* out */
	uint16_t residual;      /* out */
	uint8_t path_mask;
	uint8_t reserved1[5];
	uint16_t sense_count; /* out: number of valid sense bytes */
	uint8_t reserved2[24];
	uint8_t sense[32]; /* out */
};

#define BLOCK_IO_WRITE 1
#define BLOCK_IO_READ  2
#define BLOCK_IO_MAX   500

/*
 * X'A8' One operation of a reader, punch, printer or disk, by its channel command code. Rx = address of the list, on a fullword.
 * cc 0: done; cc 1: no such device, or busy; cc 2: count or buffer; cc 3: look at the unit status and the sense bytes.
 */
struct operation {
	uint16_t device;
	uint8_t command;
	uint8_t zero;
	uint32_t buffer;      /* guest real address */
	uint32_t count;       /* 1 to 4096 */
	uint32_t residual;    /* out */
	uint8_t unit_status;  /* out */
	uint8_t longer;       /* out: 1 when there was more than count */
	uint16_t sense_count; /* out */
	uint8_t reserved[4];
	uint8_t sense[24]; /* out */
};

#define UNIT_CHECK         0x02 /* in unit_status */
#define UNIT_EXCEPTION     0x01
#define SENSE_INTERVENTION 0x40 /* in sense[0] */

/* ---- diagnose.c: the calls, for the machine layers -------------------------------------------------------------------- */

void diagnose_start(void); /* ask for our userid */
/* The date is mm/dd/yyhh:mm:ss, not ended; NULL: it is not wanted. */
void diagnose_times(char date[16], uint64_t *virtual_time, uint64_t *total_time);
bool diagnose_device(uint16_t device, uint32_t *information);

/* An FBA disk with sectors of 512 bytes: how many, and whether it can be written. false: there is none. */
bool diagnose_disk(uint16_t device, uint32_t *sectors, bool *read_only);
uint64_t diagnose_storage(void);
int diagnose_block_io(uint16_t device, bool write, uint32_t sector, uint32_t count, void *buffer);

_Static_assert(sizeof(struct block_io) == 88, "X'A4' parameter list");
_Static_assert(sizeof(struct operation) == 48, "X'A8' parameter list");
_Static_assert(sizeof(struct diagnose_identity) == 40, "X'00' entry");
_Static_assert(sizeof(struct diagnose_timer) == 32, "X'0C' buffer");

#endif
