/*
 * module.h - the form of a program on disk, and the calls it may make of CMS-lite.
 *
 * Owns: the header of a MODULE and the call numbers. Shared by program.c and by programs (samples/).
 *
 * A MODULE is a header of 32 bytes and an image. The image goes to `origin`, `clear` bytes after it become zero, and the
 * program starts at `entry` in problem state; the first parameter of a C function (register 2 on s390x, RDI on x86-64) points to
 * its arguments, a NUL-terminated text. The header's numbers are big-endian on every machine, so that each knows the other's.
 *
 * Simplification: fixed address, no relocation.
 */
#ifndef CMS_MODULE_H
#define CMS_MODULE_H

#define MODULE_MAGIC  "CMSMOD01"
#define MODULE_S390X  390
#define MODULE_X86_64 8664
#define MODULE_ORIGIN 0x20000 /* programs lie from here to 7FFFF; the last pages are their stack */

/*
 * Calls: on s390x, SVC number with parameters in registers 2, 3, 4 and the answer in register 2; on x86-64, INT X'30' with the
 * number in RAX, parameters in RDI, RSI, RDX and the answer in RAX. Other registers are kept. Text is ASCII. -1 is an address outside the program area.
 */
#define CALL_EXIT    0 /* (return code); a program may also return */
#define CALL_WRITE   1 /* (text, length): a line on the console */
#define CALL_READ    2 /* (buffer, size): wait for a line; its length without the NUL */
#define CALL_COMMAND 3 /* (text, length): run a command of CMS-lite, not a program; its return code */
#define CALL_CLOCK   4 /* (): seconds since 1970 */
#define CALL_TIME    5 /* (): microseconds of CPU used since IPL */

#ifndef __ASSEMBLER__
#include "cmsfs.h"

struct module_header {
	char magic[8];
	struct cmsfs_be32 machine; /* MODULE_* */
	struct cmsfs_be32 origin;
	struct cmsfs_be32 length;
	struct cmsfs_be32 clear;
	struct cmsfs_be32 entry;
	struct cmsfs_be32 reserved;
};

_Static_assert(sizeof(struct module_header) == 32, "module header");
#endif

#endif
