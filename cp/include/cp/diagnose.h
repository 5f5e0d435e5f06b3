/*
 * diagnose.h - calls from a guest to CP.
 *
 * The port decodes its instruction (DIAGNOSE, VMMCALL) into a struct
 * diagnose and calls diagnose_run(); the table in diagnose/table.c checks
 * what can be checked for all (class, alignment of buffers) and runs the
 * handler. Results as in run/intercept.c: 0 done, > 0 program interruption,
 * < 0 CP could not.
 */
#ifndef CP_DIAGNOSE_H
#define CP_DIAGNOSE_H

#include <cp/vm.h>

struct diagnose {
	struct vcpu *v;
	uint8_t x, y;   /* register numbers; a pair is n, n+1 */
	uint8_t result; /* the register of a return code that is neither Rx's nor Ry's: X'A4', X'A8' */
	bool wide;      /* 64-bit addressing: addresses in registers are 64 bits */
	uint16_t code;
};

int diagnose_run(struct diagnose *d);

/* For handlers; supplied by the port. Addresses in registers are guest real; convert with these. */
uint64_t diagnose_register(const struct diagnose *d, unsigned n);
void diagnose_set_register(struct diagnose *d, unsigned n, uint64_t value);
void diagnose_set_condition(struct diagnose *d, unsigned cc);
/* Guest real to absolute (prefixing). */
gabs_t diagnose_absolute(const struct diagnose *d, uint64_t real);

/*
 * Asynchronous block I/O has ended: an interruption tells the guest, with this status (0: well) and the parameter that it gave; wide: of
 * 64 bits. false: too many wait already for the guest to take them, or the machine has no such interruption.
 */
bool diagnose_block_end(const struct diagnose *d, uint8_t status, uint64_t parameter, bool wide);

/* Reset CPU and devices as a load would, but leave storage, and continue at the PSW at absolute 0. Result as a handler's;
 * DIAG_SPECIFICATION where a machine has no such place. */
int diagnose_reset(const struct diagnose *d);

/* Copy between CP and the guest's real storage, page by page, with prefixing: 0, > 0 addressing, < 0. */
int diagnose_read(const struct diagnose *d, uint64_t real, void *buf, size_t n);
int diagnose_write(const struct diagnose *d, uint64_t real, const void *buf, size_t n);

#define DIAG_SPECIFICATION 6 /* reflect: specification exception (port-neutral number of the same meaning) */
#define DIAG_PRIVILEGED    2
#define DIAG_ADDRESSING    5
#define DIAG_OPERAND       0x15

/* One row of the table; also the source of docs/reference/diagnose.md and of cms-lite's header. */
struct diagnose_entry {
	uint16_t code;
	uint8_t flags;    /* DIAG_* below */
	uint32_t classes; /* 0: any */
	const char *name; /* C identifier part, "console_function" */
	int (*run)(struct diagnose *d);
	const char *help; /* one paragraph: registers in and out, sizes and units, errors */
};
#define DIAG_EVEN_X 1 /* Rx must be even */
#define DIAG_EVEN_Y 2

extern const struct diagnose_entry diagnose_table[]; /* ascending; ends with a NULL name */

#endif
