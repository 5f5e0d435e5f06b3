/*
 * trace.c - the trace ring, and the lines of the TRACE command.
 *
 * Owns: the ring of the last intercepts of all machines, and the one place
 * that prints a user's trace line. Comes after intercept.c, which feeds it.
 * Heritage: the CP trace table; DMKTRC.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/session.h>
#include <cp/string.h>

#define RING_ENTRIES 1024 /* a power of two */

bool trace_ring_on;

static struct trace_entry ring[RING_ENTRIES];
static unsigned ring_next;

void trace_ring_put(struct vcpu *v, unsigned kind, unsigned code, uint64_t data)
{
	struct trace_entry *e = &ring[ring_next++ & (RING_ENTRIES - 1)];

	e->when = arch_clock();
	e->vcpu = v;
	e->data = data;
	e->kind = kind;
	e->code = code;
}

const struct trace_entry *trace_ring_entry(unsigned back)
{
	return back < RING_ENTRIES && back < ring_next ? &ring[(ring_next - 1 - back) & (RING_ENTRIES - 1)]
						       : NULL;
}

void trace_user(struct vcpu *v, enum trace_event e, const char *fmt, ...)
{
	char text[100], psw[64];
	va_list ap;

	(void)e;
	va_start(ap, fmt);
	format_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	arch_vcpu_psw(v, psw, sizeof(psw));
	vm_write(v->vm, "-> %-40s %s", text, psw);
	if (!v->vm->trace.run) {
		v->vm->stopped = true;
		v->check = true;
	}
}
