/*
 * traits.h - what the machines differ in, where plain data says it all.
 *
 * Each port has one such table, arch_traits. CP's own code is the same for all of them: it looks here for a guest's byte order and
 * text code, and for the words that a machine's people use. The reference pages print the tables of all ports.
 */
#ifndef CP_TRAITS_H
#define CP_TRAITS_H

#include <cp/types.h>

/* Text that only `make manual` prints, from a hosted build: the image does without. */
#if __STDC_HOSTED__
#define MANUAL(text) text
#else
#define MANUAL(text) NULL
#endif

/* A paragraph that HELP command, and docs/reference/commands.md, say for this machine besides what the command table says. */
struct arch_help {
	const char *command, *text;
};

#define MACHINE_MODES 4 /* of enum machine_mode */

struct arch_traits {
	const char *name;                 /* of the machine, for the reference pages: "s390x" */
	bool big_endian;                  /* guests, hence their DIAGNOSE parameter lists */
	bool ebcdic;                      /* guests' text is EBCDIC, code page 037; else ASCII */
	uint8_t line_end;                 /* ends a line in guests' text */
	const char *modes[MACHINE_MODES]; /* QUERY SET's word for each */
	const char *location; /* what arch_vcpu_psw() shows: "PSW". DISPLAY and STORE know it by this name */
	const char *disabled_wait; /* message 450, before the location */
	const char *diagnose;      /* MANUAL: how a guest calls CP */
	uint16_t cpu_type;     /* of a virtual CPU, as STIDP has it; 0: processors here have no such number */
	uint32_t trace_events; /* enum trace_event: what can be followed */
	const struct arch_help *help; /* ends with a NULL command */
};

extern const struct arch_traits arch_traits;

/* Text of this port's guests to ASCII and back, in place. '\n' is X'25' in EBCDIC: who cuts lines looks for line_end first. */
void text_from_guest(void *text, size_t n);
void text_to_guest(void *text, size_t n);

#endif
