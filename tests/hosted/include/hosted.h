/*
 * hosted.h - the hosted port as a test sees it: arch.h as an ordinary program under AddressSanitizer.
 *
 * Time is simulated: it goes on by a microsecond each time it is looked at, and jumps to the next timer when there is nothing to
 * do. So a test takes no longer than its work, and goes the same way every time.
 */
#ifndef HOSTED_H
#define HOSTED_H

#include <cp/arch.h>
#include <cp/block.h>
#include <cp/line.h>

/* Give CP its storage (once a program) and a clock. Every other call does it when it was not done yet. */
void hosted_start(void);

/* Run a function as a task of CP, and everything else that is ready, until the function returns. False: it did not, and nothing is
 * ready and no timer set that could ever wake it. */
bool hosted_run(void (*function)(void *argument), void *argument);
/* Let CP run until nothing is ready (timers within `span` fire). */
void hosted_settle(tod_t span);
/* In a child process, which CP is expected to stop: the code it stopped with, or -1. Output goes nowhere. */
int hosted_child(void (*function)(void *argument), void *argument);

/* SET ASSIST SIE is available; not so at first. */
extern bool hosted_interprets;

/* What went to the earliest console since hosted_console_clear(). */
const char *hosted_console(void);
void hosted_console_clear(void);
bool hosted_console_has(const char *text);

/* Bytes of CP's free storage in use. */
size_t hosted_heap_used(void);
/* So many allocations succeed from now on, then none; -1: all. */
void hosted_heap_fail_after(int64_t allocations);

/* Numbers that are the same every time. */
uint32_t hosted_random(uint64_t *seed);
/* True when the long campaigns are wanted (VM40_LONG=1). */
bool hosted_long(void);

/* ---- disks -------------------------------------------------------------------------------------------------------- */

enum hosted_write_kind { HOSTED_WRITE, HOSTED_FLUSH };

/* A write that failed has changed nothing, or half of its sectors, or all of them. */
enum hosted_failure { HOSTED_NOTHING, HOSTED_TORN, HOSTED_ALL };

/* One write or flush, in order; data is the sector's new contents. */
struct hosted_write {
	enum hosted_write_kind kind;
	uint64_t sector;
	uint8_t data[SECTOR_SIZE];
};

struct hosted_disk {
	struct block_device device;
	uint8_t *data;
	size_t mapped; /* bytes of a file; 0: data is storage of its own */
	/* faults */
	int64_t read_error, write_error; /* a sector that cannot be read, written; -1: none */
	bool all_fail;                   /* every transfer fails */
	int64_t changes_left;            /* so many writes and flushes until one fails; -1: none does */
	enum hosted_failure failure;     /* what has become of the data of that one */
	bool failing_on;                 /* and whether all after it fail as well */
	bool sleepy;                     /* every transfer gives the CPU to others first */
	unsigned drowsy; /* and takes up to so many turns more, so that they overtake each other */
	uint64_t dream;
	unsigned reads, writes, flushes;
	/* log of writes, when wanted: to cut the power in the middle */
	bool logging;
	struct hosted_write *log;
	size_t logged, log_size;
};

/* A disk of zeros, registered as a real disk of CP from now on. */
struct hosted_disk *hosted_disk_create(uint64_t sectors, uint16_t address);
/* A disk that is a file: what CP writes is in the file. NULL: it cannot be opened. */
struct hosted_disk *hosted_disk_open(const char *path, uint16_t address);
/* Take it away again (also from CP's list). */
void hosted_disk_destroy(struct hosted_disk *d);
void hosted_disk_log(struct hosted_disk *d, bool on);
/*
 * What `to` would hold if the power went after the first `cut` rows of d's log, and d was `to` before: between two flushes a disk may write in
 * any order and lose any of it. A sector is written whole or not at all. whole: nothing is lost.
 */
void hosted_disk_replay(const struct hosted_disk *d, uint8_t *to, size_t cut, bool whole, uint64_t *seed);

/* ---- lines -------------------------------------------------------------------------------------------------------- */

struct hosted_line {
	struct line line;
	char text[65536]; /* all output so far */
	size_t used;
	unsigned started; /* calls of the driver's start() */
	bool slow;        /* takes a line only when the test calls start() */
};

struct hosted_line *hosted_line_create(unsigned number);
void hosted_line_destroy(struct hosted_line *l);
/* A slow line takes its next line. False: there is none. */
bool hosted_line_take(struct hosted_line *l);
void hosted_line_type(struct hosted_line *l, const char *text);
bool hosted_line_has(const struct hosted_line *l, const char *text);
void hosted_line_clear(struct hosted_line *l);

/* ---- the guest ---------------------------------------------------------------------------------------------------- */

/* What the toy CPU does when it runs; NULL: it enters the enabled wait state at once. */
extern void (*hosted_guest)(struct vcpu *v, struct intercept *i);
/* What arch_instruction(), arch_page_fault() and arch_vm_ipl() answer. */
extern int hosted_instruction_result, hosted_page_result, hosted_ipl_result;
extern frame_t hosted_key_frame; /* the last call of arch_frame_key() */
extern uint8_t hosted_key;

#endif
