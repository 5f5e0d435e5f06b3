/*
 * port.h - what the files of the x86-64 machine layer share.
 *
 * Owns: ports, segments, the frame of an interruption. Before it: start.S. After it: every file here.
 *
 * Simplification: the nucleus runs with interruptions off and takes them only in machine_wait(); none is nested.
 */
#ifndef CMS_X86_64_PORT_H
#define CMS_X86_64_PORT_H

#define CODE_SEGMENT      0x08
#define DATA_SEGMENT      0x10
#define USER_DATA_SEGMENT 0x1b /* with privilege level 3 */
#define USER_CODE_SEGMENT 0x23
#define TASK_SEGMENT      0x28

/* Vectors: exceptions, the 16 interruption requests of the 8259s, and the gate for calls of programs. */
#define VECTOR_NMI     2
#define VECTOR_REQUEST 0x20
#define VECTOR_CALL    0x30
#define VECTORS        0x31

#define REQUEST_TIMER   0
#define REQUEST_CASCADE 2
#define REQUEST_CONSOLE 4

/* Why the machine stopped: RAX at the last HLT. */
#define STOP_NO_CONSOLE 0xc08
#define STOP_NUCLEUS    0xe00

#ifndef __ASSEMBLER__
#include "../diagnose.h"
#include "../lib.h"
#include "../machine.h"

/* What start.S pushes, then the processor: the lowest address first. */
struct frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, flags, rsp, ss;
};

static inline uint8_t port_in(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1,%0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void port_out(uint16_t port, uint8_t value)
{
	asm volatile("outb %0,%1" : : "a"(value), "Nd"(port));
}

/* interrupt.c: the tables that the processor wants, the 8259s. */
void interrupt_start(void);
void request_open(unsigned request);
void request_close(unsigned request);
void interrupted(struct frame *frame); /* from start.S */

/* machine.c */
void machine_wait(void); /* with interruptions on, until one has come */
void timer_expired(void);

/* console.c */
bool console_start(void);
void console_interrupted(void);
bool console_wanted(void); /* has a line been typed that nobody has read? */

/* run.c */
void program_interrupted(struct frame *frame);
void program_attend(void); /* what was typed while the program ran */
void nucleus_check(const struct frame *frame) __attribute__((noreturn));

/* start.S */
extern uint8_t nucleus_end[];
extern uint32_t storage_upper; /* KiB from 1 MiB on, as the loader says; 0: it does not */
extern uint64_t program_stack; /* the nucleus' stack while a program runs */
void program_enter(uint64_t entry, const char *arguments, uint64_t stack);
void program_leave(void) __attribute__((noreturn));
extern const uint64_t vector_entries[VECTORS];

void cms_main(void);
#endif

#endif
