/*
 * table.c - all DIAGNOSE calls, and the way into them.
 *
 * Owns: the table from which the code, docs/reference/diagnose.md and HELP are made; what is checked for all calls; copying to and from
 * guest real storage. Before: the port, which decodes its call instruction. After: one file per family of calls.
 * Heritage: DMKHVC and DMKHVD.
 * Simplification: a code that is not here is a specification exception, as on z/VM.
 */
#include <cp/command.h>
#include <cp/string.h>
#include "handlers.h"

#define CLASS_B           CLASS('B')
#define DIRECTORY_CLASSES (CLASS('A') | CLASS('B') | CLASS('C'))

const struct diagnose_entry diagnose_table[] = {
	{0x00, 0, 0, "identify", diag_identify,
	 MANUAL("Store extended identification. Rx: guest real address of a buffer, on a doubleword; Ry: its length in bytes. CP "
		"stores 40 bytes (system name, version, CPU version X'FF', CPU address, userid, time zone, release) or as many as "
		"fit, and lowers Ry by their number. A negative or zero length, or an address not on a doubleword: specification "
		"exception.")},
	{0x08, 0, 0, "command", diag_command,
	 MANUAL("Run CP commands. Rx: address of 0 to 240 bytes of text, line ends between commands; Ry: flags in bits 32-39, "
		"length in bits 40-63. With flag X'40' the answer goes to the buffer at Rx+1, of the length in Ry+1, "
		"each line with its end, and not to the terminal; x and y must then not be 15, and the two pairs must "
		"not overlap. On return Ry is the return code of the last command: 0, 1 for an unknown one, else the message "
		"number. With X'40': cc 0 and Ry+1 = bytes stored, or cc 1 and Ry+1 = bytes that did not fit. Length 0 stops the "
		"virtual machine for commands from the terminal (CP READ).")},
	{0x0c, 0, 0, "timer", diag_timer,
	 MANUAL("Pseudo timer. Rx: address of 32 bytes, on a doubleword. CP stores the date (mm/dd/yy) and the time (hh:mm:ss, "
		"UTC), then the virtual and the total processor time used, in microseconds, 8 bytes each.")},
	{0x10, 0, 0, "release_pages", diag_release_pages,
	 MANUAL("Release pages. Rx and Ry: real addresses of the first and the last page, both on a page. Their contents become "
		"zeros and CP has their frames back. First after last: specification exception; beyond storage: addressing.")},
	{0x24, DIAG_EVEN_Y, 0, "device_type", diag_device_type,
	 MANUAL("Device type and features. Rx: virtual device number in bits 48-63, or FFFFFFFF for the console, whose number is "
		"then put into Rx. cc 0: Ry has class, type, status and flags, one byte each, Ry+1 the same of the real device. "
		"cc 2: the device is spooled, there is no real one, Ry+1 is 0. cc 3: no such device. Flag X'80' in the last byte "
		"of Ry: the link to this disk is read-only.")},
	{0x3c, 0, DIRECTORY_CLASSES, "directory_swap", diag_directory_swap,
	 MANUAL("Use the newer object directory of a volume. Rx: address of its label, 6 bytes; Ry becomes the return code. cc 0: 0, it is in use; cc 1: "
		"4, there is no newer one; cc 2: 8 no such volume or not the system volume, 12 it is damaged or cannot be read, 16 it is being "
		"replaced by somebody else. The old one stays unless cc is 0. Class A, B or C, else a privileged-operation exception.")},
	{0x44, 0, 0, "yield", diag_yield,
	 MANUAL("Voluntary end of time slice: others run first. No registers.")},
	{0x5c, 0, 0, "edit_message", diag_edit_message,
	 MANUAL("Edit a message. Rx: address of a message that begins with a code of 10 or 11 characters; Ry: its length. By "
		"the user's SET EMSG both stay (ON), Ry becomes the length of the code alone (CODE), Rx is moved to the text and "
		"Ry is its length (TEXT), or Ry becomes 0 (OFF).")},
	{0x60, 0, 0, "storage_size", diag_storage_size,
	 MANUAL("Virtual storage size. Rx becomes the size in bytes.")},
	{0x84, 0, CLASS_B, "directory_update", diag_directory_update,
	 MANUAL("Change an entry of the object directory. Rx: address of a list of 16 bytes and an operand: userid (8), operation (8), both padded with "
		"blanks; Ry: its length, 17 to 48, and becomes the return code. Operations: LOGPASS, the operand is a new password; PRIVLEGE, "
		"privilege classes; STORAGE and MAXSTOR, a size such as 32M. cc 0: 0, done, and good from the next LOGON on; cc 1: 4 no such user, 8 no "
		"such operation, 12 bad operand; cc 2: 16 the directory is being replaced, 20 it could not be written. Class B, else a "
		"privileged-operation exception.")},
	{0x9c, 0, 0, "yield_to", diag_yield,
	 MANUAL("Voluntary end of time slice in favour of the virtual CPU whose address is in Rx. It is taken as X'44'.")},
	{0xa4, 0, 0, "synchronous_block_io", diag_synchronous_block_io,
	 MANUAL("Read or write blocks of a minidisk; done when the instruction is. Rx: address of an 88-byte parameter list on a "
		"fullword: device (2), key (1), type (1: 1 write, 2 read), block size 512 to 4096 (4), address of the block list "
		"(4), number of blocks 1 to 500 (4), out: blocks done (4), unit and channel status, residual (2), path mask, 5 "
		"reserved, sense count (2), 24 reserved, 32 sense bytes. An entry of the block list: block number from 0 (4), "
		"buffer address (4). Return code and cc: 0 cc 0 done; 2 cc 1 no such disk; 5 cc 1 busy; 8 cc 2 block size; 10 cc 2 the "
		"block list is outside storage; 11 cc 2 count; 12 cc 2 a buffer is outside storage or protected; 13 cc 3 I/O "
		"error. Operand exception: key bits 4-7 or reserved fields not zero, unknown type, block list not on a doubleword.")},
	{0xa8, 0, 0, "operation", diag_operation,
	 MANUAL("One operation of a reader, punch, printer or disk, by its channel command code and without chaining; done when the call is. "
		"Rx: address of a 48-byte list on a fullword: device (2), command code (1), 1 zero, address of the buffer (4), count 1 to 4096 "
		"(4), out: residual count (4), unit status (1), 1 when the record was longer than the count (1), sense count (2), 4 reserved, "
		"24 sense bytes. Return code and cc: 0 cc 0 done; 2 cc 1 no such device, or a console; 5 cc 1 busy; 11 cc 2 count; 12 cc 2 the "
		"buffer is outside storage; 13 cc 3 the unit status is other than channel end and device end.")},
	{0x210, 0, 0, "device_information", diag_device_information,
	 MANUAL("Device information. Rx: address of a block: virtual device number (2), length of the block, at least 8 (2), out: "
		"virtual class, type, status, flags, real class, type, model, features, one byte each, as many as fit. cc as "
		"X'24'.")},
	{0x250, DIAG_EVEN_X, 0, "block_io", diag_block_io,
	 MANUAL("Block I/O with an environment. Ry: 0 begin, 1 read or write, 2 end; Rx: address of a 64-byte block on a "
		"doubleword. Byte 2, bit 0 selects the 64-bit format. Begin: device (2), block size at 24 (4), offset at 32 (8); out: "
		"first and last block number at 40 and 48 (8 each). Read or write: device (2), key at 24, flags at 25, number of "
		"entries 1 to 256 at 28 (4), interruption parameter at 40 (8), address of the list at 48 (8). An entry of 24 bytes: "
		"type (1 write, 2 read), status out, block number from 1 at 8 (8), buffer at 16 (8). The 31-bit format has 4-byte "
		"fields: offset, first, last at 28, 32, 36; parameter at 40, list at 36; entries of 16 bytes, number at 4, buffer at "
		"12. End: device (2). The return code is in Rx+1, with cc 0: 0 done, 4 done and the disk is read-only, 8 the end comes "
		"as an interruption; cc 1: 12 some entries failed, see their status; cc 2: 16 no such disk, 24 block size, 28 no "
		"environment (or one exists already), 36 count, 40 list outside storage. Flags X'02' asks for the interruption: external, "
		"code X'2603', masked by the service-signal bit of CR0; the halfword at 84 is X'07' (parameter of 64 bits, at 11B8) or "
		"X'03' (of 32 bits, at 80) and a status, 0 well, 1 some entries failed. Who leaves 16 of them untaken gets code 0 or "
		"12 at once.")},
	{0x260, DIAG_EVEN_X, 0, "storage_extents", diag_storage_extents,
	 MANUAL("Storage configuration. Ry X'0C': Rx and Ry become the address of the last byte of storage. Ry X'10': Rx is the "
		"address of an array on a 16-byte boundary, Rx+1 its length in bytes; CP stores one pair of 8-byte addresses, "
		"first and last byte, and Ry becomes 1. cc 3: not so, nothing stored.")},
	{0x308, DIAG_EVEN_X, 0, "ipl", diag_ipl,
	 MANUAL("IPL functions. Ry: 0 and 1 reset, continuing at the PSW at absolute 0 (specification exception on a machine without one); 3 load again, clearing "
		"storage, 4 load without clearing; 5 set, 6 store the IPL parameter block at the address in Rx (on a page). Rx+1 "
		"becomes 1 done, 2 bad function, X'0102' nothing to load or bad block.")},
	{0},
};

/* Programs make the same call again and again: the row of the last one is looked at first. */
static const struct diagnose_entry *entry_find(uint16_t code)
{
	static const struct diagnose_entry *last = diagnose_table;

	if (last->code == code)
		return last;
	for (const struct diagnose_entry *e = diagnose_table; e->name; e++)
		if (e->code == code)
			return last = e;
	return NULL;
}

int diagnose_run(struct diagnose *d)
{
	const struct diagnose_entry *e = entry_find(d->code);

	if (!e)
		return DIAG_SPECIFICATION;
	if (e->classes && !(d->v->vm->classes & e->classes))
		return DIAG_PRIVILEGED;
	if (e->flags && (((e->flags & DIAG_EVEN_X) && d->x % 2) || ((e->flags & DIAG_EVEN_Y) && d->y % 2)))
		return DIAG_SPECIFICATION;
	return e->run(d);
}

/* Prefixing exchanges whole pages, so real addresses that follow each other may not be so in absolute storage. */
static int copy(const struct diagnose *d, uint64_t real, uint8_t *buf, size_t n, bool store)
{
	while (n) {
		size_t piece = PAGE_SIZE - real % PAGE_SIZE;
		gabs_t a = diagnose_absolute(d, real);
		int rc;

		piece = piece < n ? piece : n;
		rc = store ? guest_write(d->v->vm, a, buf, piece) : guest_read(d->v->vm, a, buf, piece);
		if (rc)
			return rc;
		real += piece;
		buf += piece;
		n -= piece;
	}
	return 0;
}

int diagnose_read(const struct diagnose *d, uint64_t real, void *buf, size_t n)
{
	return copy(d, real, buf, n, false);
}

int diagnose_write(const struct diagnose *d, uint64_t real, const void *buf, size_t n)
{
	return copy(d, real, (uint8_t *)buf, n, true);
}

bool diagnose_key_allows(struct vm *vm, gabs_t a, size_t n, uint8_t key, bool store)
{
	for (gabs_t page = a & PAGE_MASK; key && page < a + n; page += PAGE_SIZE) {
		const struct page *p = storage_page(vm, page);

		/* Access-control bits in the left half, fetch protection X'08'. */
		if (!p || (p->key >> 4 != key && (store || (p->key & 0x08))))
			return false;
	}
	return true;
}
