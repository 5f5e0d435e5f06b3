/*
 * machine.h - the whole machine as CMS-lite sees it: what each port supplies.
 *
 * Owns: the interface between the portable guest system and its machine layers (s390x/, x86_64/). Text is ASCII on this side
 * of the interface; a machine layer whose console or cards speak EBCDIC translates. The nucleus runs disabled; a call
 * that has to wait waits in an enabled wait state and never polls.
 *
 * Simplification: one CPU, no interruption reaches the nucleus except inside these calls.
 */
#ifndef CMS_MACHINE_H
#define CMS_MACHINE_H

#include "cmsfs.h"

#define CONSOLE_LINE 130u /* characters of a console line */
#define CARD         80u
#define PRINT_LINE   132u

/* ---- the machine ------------------------------------------------------------------------------------------------- */

/* Find the console, learn whether CP is below. Called after each IPL; without a console the machine stops. */
void machine_start(void);

/* Are we a virtual machine, so that DIAGNOSE means something? */
bool machine_is_virtual(void);

/* Our userid, NUL-terminated, or "" when there is no CP. */
const char *machine_userid(void);

/* Bytes of storage. */
uint64_t machine_storage(void);

/* Seconds since 1970-01-01 00:00 UTC. */
uint64_t machine_clock(void);

/* Microseconds of CPU since the start: ours, and with CP's work for us. Without CP the two are the same. */
void machine_time_used(uint64_t *virtual_time, uint64_t *total_time);

/* The same, and the clock as well: CP tells all of it in one call. */
uint64_t machine_times(uint64_t *virtual_time, uint64_t *total_time);

/* Wait for that many seconds, in the wait state. */
void machine_sleep(uint32_t seconds);

/* End: disabled wait. code is shown in the PSW. */
void machine_stop(uint32_t code) __attribute__((noreturn));

/* ---- console ----------------------------------------------------------------------------------------------------- */

/* One line; what is longer than CONSOLE_LINE goes on on the next. */
void console_write(const char *text, size_t length);

/* Wait for a line. At most size-1 characters and a NUL; returns the length. */
size_t console_read(char *line, size_t size);

/* ---- CP ---------------------------------------------------------------------------------------------------------- */

/*
 * Give CP a command. Its answer (lines ended by '\n') goes to response, NUL-terminated and cut at size-1; *lost is the
 * number of bytes that did not fit. response may be NULL: CP then writes to the terminal itself. An empty command (without response) stops this machine
 * for commands to CP, until BEGIN. Returns CP's return
 * code, CP_UNKNOWN for a command it does not know, or CP_NONE when there is no CP.
 */
#define CP_UNKNOWN 1
#define CP_NONE    (-1)
int cp_command(const char *command, char *response, size_t size, size_t *lost);

/* ---- disks ------------------------------------------------------------------------------------------------------- */

struct disk {
	struct cmsfs_store store; /* first: read, write, sectors, read_only */
	uint16_t device;
	uint32_t subchannel; /* of a machine with channels */
};

/* false: there is no such disk. */
bool disk_open(struct disk *disk, uint16_t device);

/* ---- unit record --------------------------------------------------------------------------------------------------*/

enum card_result {
	CARD_DONE = 0,
	CARD_END = 1,   /* the last card of the file was read before */
	CARD_EMPTY = 2, /* not ready: no file in the reader */
	CARD_ERROR = -1,
	CARD_NO_DEVICE = -2,
};

/* Cards are 80 bytes and come and go as they are (EBCDIC on s390x). */
enum card_result card_read(uint16_t device, uint8_t card[CARD]);
enum card_result card_punch(uint16_t device, const uint8_t card[CARD]);

/* One line of text, at most PRINT_LINE characters; skip = to the top of a page first. */
enum card_result printer_write(uint16_t device, const char *text, size_t length, bool skip);

/* One channel command, on storage that a channel can reach: what card.c makes all of these of. */
enum card_result card_run(uint16_t device, uint8_t command, void *data, size_t size);

/* Between the machine's text code, which cards and CP's answers have, and ASCII, in place. */
void text_from_machine(void *data, size_t size);
void text_to_machine(void *data, size_t size);

/* ---- programs ---------------------------------------------------------------------------------------------------- */

#define PROGRAM_ORIGIN  0x20000u /* where programs are loaded, as in CMS */
#define PROGRAM_END     0x80000u
#define CATALOGUES_SIZE 0x80000u

/* The bytes at an address of the program area; in a hosted build of the nucleus, an array. */
uint8_t *machine_storage_at(uint32_t address);

/* Storage of CATALOGUES_SIZE for the catalogues of the accessed disks. */
uint8_t *machine_catalogues(void);

/* The machine that a MODULE must be for: module.h. */
uint32_t machine_module(void);

/* "Privileged operation": what PROGRAM_CHECK's code means. */
const char *machine_exception_name(uint32_t code);

enum program_end {
	PROGRAM_EXIT,   /* it said so, or returned */
	PROGRAM_HALTED, /* HX from the console */
	PROGRAM_CHECK,  /* a program interruption */
};

struct program_result {
	enum program_end end;
	int rc;           /* PROGRAM_EXIT */
	uint32_t code;    /* PROGRAM_CHECK: interruption code */
	uint64_t address; /* PROGRAM_CHECK: where */
};

/* Run the program at entry, in problem state, until it ends. Its calls come to program_call. */
void machine_run(uint32_t entry, const char *arguments, struct program_result *result);

/*
 * A call of the program (the portable part is in program.c): number and three parameters; the result goes back to the
 * program. Addresses are real. EXIT is the machine layer's.
 */
int64_t program_call(uint32_t number, uint64_t a, uint64_t b, uint64_t c);

/* End the program that called: HX was the answer to its read. Only from within program_call. */
void machine_halt_program(void) __attribute__((noreturn));

/* A line that was typed while the program ran, and is not HX. */
void program_typed(const char *line);

#endif
