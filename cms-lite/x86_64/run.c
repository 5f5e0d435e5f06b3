/*
 * run.c - programs at privilege level 3: into them, their calls, their exceptions, and out again.
 *
 * Owns: the program's outcome. Before it: interrupt.c. After it: program.c gives calls a meaning.
 * Heritage: CMS's DMSITS (SVC), DMSITP (program interruptions), DMSITI (I/O).
 *
 * Simplification: a program that returns runs into address 0, which is not there, and that is how we know.
 */
#include "../module.h"
#include "port.h"

#define ARGUMENTS_MAX 132u
#define PAGE_FAULT    14u

static struct program_result *outcome;

/* The program finds its arguments in RDI, as a C function does, a stack, and the return address 0 on it. */
void machine_run(uint32_t entry, const char *arguments, struct program_result *result)
{
	char *top = (char *)(uintptr_t)PROGRAM_END - ARGUMENTS_MAX - 4;
	uint64_t *stack = (uint64_t *)(uintptr_t)(((uintptr_t)top & ~(uintptr_t)15) - 8);

	outcome = result;
	text_copy(top, ARGUMENTS_MAX, arguments);
	*stack = 0;
	program_enter(entry, top, (uintptr_t)stack);
	outcome = NULL;
}

uint32_t machine_module(void)
{
	return MODULE_X86_64;
}

const char *machine_exception_name(uint32_t code)
{
	static const char *const names[] = {
		[0] = "Divide",
		[1] = "Debug",
		[3] = "Breakpoint",
		[4] = "Overflow",
		[5] = "Bound",
		[6] = "Invalid opcode",
		[7] = "Device not available",
		[11] = "Segment not present",
		[12] = "Stack",
		[13] = "General protection",
		[14] = "Page fault",
		[16] = "x87 floating-point",
		[17] = "Alignment check",
		[19] = "SIMD floating-point",
	};

	return code < sizeof(names) / sizeof(names[0]) && names[code] ? names[code] : "Program";
}

static void end(enum program_end how, const struct frame *frame)
{
	outcome->end = how;
	outcome->rc = (int)frame->rax;
	outcome->code = (uint32_t)frame->vector;
	outcome->address = frame->rip;
	program_leave();
}

void machine_halt_program(void)
{
	outcome->end = PROGRAM_HALTED;
	program_leave();
}

void program_interrupted(struct frame *frame)
{
	if (frame->vector == VECTOR_NMI)
		return;
	if (frame->vector != VECTOR_CALL)
		end(frame->vector == PAGE_FAULT && frame->rip == 0 ? PROGRAM_EXIT : PROGRAM_CHECK, frame);
	if (frame->rax == CALL_EXIT) {
		frame->rax = frame->rdi;
		end(PROGRAM_EXIT, frame);
	}
	frame->rax = (uint64_t)program_call((uint32_t)frame->rax, frame->rdi, frame->rsi, frame->rdx);
}

/* A line typed while the program runs: HX ends it, anything else waits for the program's next read. */
void program_attend(void)
{
	static char line[CONSOLE_LINE + 1];

	if (!console_wanted())
		return;
	console_read(line, sizeof(line));
	if (text_same_nocase(line, "HX"))
		machine_halt_program();
	program_typed(line);
}

/* An exception of the nucleus itself: an error of ours. Say where, and stop. */
void nucleus_check(const struct frame *frame)
{
	static bool again;
	char text[80];

	if (!again) {
		again = true;
		console_write(text,
			      format(text, sizeof(text), "DMSITP144T Exception %02X in the nucleus at %08lX",
				     (unsigned)frame->vector, frame->rip));
	}
	machine_stop(STOP_NUCLEUS);
}
