/*
 * run.c - programs in problem state: into them, their calls, their interruptions, and out again.
 *
 * Owns: the PSW and registers of the program. Before it: start.S saves them. After it: program.c gives calls a meaning.
 * Heritage: CMS's DMSITS (SVC), DMSITP (program interruptions), DMSITI (I/O).
 *
 * Simplification: no storage protection between the program and the nucleus; one program at a time.
 */
#include "../module.h"
#include "port.h"

#define STACK_RESERVED 160u
#define ARGUMENTS_MAX  132u

extern uint64_t program_registers[16], program_psw[2];
extern char program_return[];
uint64_t program_enter(void);
void program_leave(uint64_t value) __attribute__((noreturn));

static struct program_result *outcome;

/* The program finds its arguments in register 2, a stack in 15, and may return by register 14. */
void machine_run(uint32_t entry, const char *arguments, struct program_result *result)
{
	char *top = (char *)(uintptr_t)PROGRAM_END - ARGUMENTS_MAX - 4;

	outcome = result;
	text_copy(top, ARGUMENTS_MAX, arguments);
	memset(program_registers, 0, sizeof(program_registers));
	program_registers[2] = address_of(top);
	program_registers[14] = address_of(program_return);
	program_registers[15] = address_of(top) - STACK_RESERVED;
	program_psw[0] = PSW_PROGRAM;
	program_psw[1] = entry;
	program_enter();
	outcome = NULL;
}

uint32_t machine_module(void)
{
	return MODULE_S390X;
}

const char *machine_exception_name(uint32_t code)
{
	static const char *const names[] = {
		[0x01] = "Operation",
		[0x02] = "Privileged operation",
		[0x03] = "Execute",
		[0x04] = "Protection",
		[0x05] = "Addressing",
		[0x06] = "Specification",
		[0x07] = "Data",
		[0x08] = "Fixed-point overflow",
		[0x09] = "Fixed-point divide",
		[0x0a] = "Decimal overflow",
		[0x0b] = "Decimal divide",
	};

	return code < sizeof(names) / sizeof(names[0]) && names[code] ? names[code] : "Program";
}

void machine_halt_program(void)
{
	outcome->end = PROGRAM_HALTED;
	program_leave(0);
}

/* A line typed while the program runs: HX ends it, anything else waits for the program's next read. */
static void take_line(void)
{
	static char line[CONSOLE_LINE + 1];

	console_read(line, sizeof(line));
	if (text_same_nocase(line, "HX"))
		machine_halt_program();
	program_typed(line);
}

static void program_svc(void)
{
	uint16_t number = low16(LOW_SVC_CODE);

	if (number == 0) {
		outcome->end = PROGRAM_EXIT;
		outcome->rc = (int)program_registers[2];
		program_leave(0);
	}
	program_registers[2] = (uint64_t)program_call(number, program_registers[2], program_registers[3],
						      program_registers[4]);
}

void program_interrupted(int class)
{
	if (class == CLASS_PROGRAM) {
		outcome->end = PROGRAM_CHECK;
		outcome->code = low16(LOW_PROGRAM_CODE);
		outcome->address = program_psw[1];
		program_leave(0);
	}
	if (class == CLASS_SVC)
		program_svc();
	if (class == CLASS_IO)
		channel_unsolicited(low32(LOW_IO_SUBCHANNEL));
	if (console_wanted())
		take_line();
}

/* A program interruption of the nucleus itself: an error of ours. Say where, and stop. */
void nucleus_check(void)
{
	static const uint64_t stop[2] = {PSW_STOP, STOP_NUCLEUS};
	char text[80];
	uint64_t address = *(uint64_t *)(uintptr_t)(LOW_PROGRAM_OLD + 8);

	/* Another one while we say so must not bring us here again. */
	memcpy((void *)(uintptr_t)LOW_PROGRAM_NEW, stop, sizeof(stop));
	console_write(text, format(text, sizeof(text),
				   "DMSITP144T Program interruption %04X in the nucleus at %08lX",
				   low16(LOW_PROGRAM_CODE), address));
	machine_stop(STOP_NUCLEUS);
}
