/*
 * trace.c - the lines of the TRACE command.
 *
 * Owns: the one place that prints a user's trace line. Comes after
 * intercept.c and the port, which say what happened; before cp/command/trace.c,
 * whose settings are looked at there. Heritage: DMKTRC.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/session.h>

void trace_user(struct vcpu *v, enum trace_event e, const char *fmt, ...)
{
	char text[100], psw[64];
	va_list ap;

	(void)e;
	va_start(ap, fmt);
	format_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	arch_vcpu_psw(v, psw, sizeof(psw));
	vm_write(v->vm, "-> %-40s %-4s %s", text, arch_vcpu_engine(v), psw);
	if (!v->vm->trace.run) {
		v->vm->stopped = true;
		v->check = true;
	}
}

void trace_program(struct vcpu *v, const struct intercept *i, unsigned code)
{
	if (v->vm->trace.events & TRACE_PROGRAM)
		trace_user(v, TRACE_PROGRAM, "PROG %04X %s", code, intercept_names[i->kind]);
}
