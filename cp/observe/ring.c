/*
 * ring.c - the trace ring: the last intercepts and dispatches of all machines.
 *
 * Owns: the ring, and the measuring of what intercepts cost. Comes after
 * intercept.c and task.c, which feed it while it is on; before cptrace.c,
 * which shows it, and panic.c. Heritage: the CP trace table.
 *
 * What an intercept costs is the time from here, where the engine has said
 * why the guest came back, to when CP has done what that asks for, by the
 * TOD clock, less the time in which the virtual CPU's task did not have the
 * real CPU. The way out of the guest and back is not in it, nor what is done
 * at the top of the loop.
 */
#include <cp/arch.h>
#include <cp/string.h>

#define RING_ENTRIES 1024 /* a power of two */

bool trace_ring_on, trace_cost_on;

static struct trace_entry ring[RING_ENTRIES];
static unsigned ring_first, ring_next;

static struct trace_entry *entry(unsigned number)
{
	return &ring[number & (RING_ENTRIES - 1)];
}

__attribute__((cold)) void trace_ring_start(bool cost)
{
	ring_first = ring_next;
	trace_ring_on = true;
	trace_cost_on = cost;
}

__attribute__((cold)) void trace_ring_stop(void)
{
	trace_ring_on = trace_cost_on = false;
}

__attribute__((cold)) unsigned trace_ring_extent(unsigned *first)
{
	*first = ring_next - ring_first > RING_ENTRIES ? ring_next - RING_ENTRIES : ring_first;
	return ring_next;
}

const struct trace_entry *trace_ring_entry(unsigned number)
{
	return entry(number);
}

/* The real clock less what goes by while the task waits: only differences have a meaning. */
static tod_t task_clock(const struct task *t, tod_t now)
{
	return now - t->slice_end + t->run_time;
}

void trace_intercept(struct vcpu *v, const struct intercept *i)
{
	struct trace_entry *e = entry(ring_next++);

	e->when = arch_clock();
	e->until = 0;
	__builtin_memcpy(e->who, v->vm->userid, sizeof(e->who)); /* no call */
	e->engine = v->left->engine;
	e->data = i->address;
	e->code = i->code;
	e->kind = i->kind;
	e->vcpu = v->number;
	arch_vcpu_trace(v, e);
}

void trace_measure(struct trace_span *s, struct vcpu *v, const struct intercept *i)
{
	trace_intercept(v, i);
	s->number = ring_next - 1;
	s->kind = i->kind;
	s->from = task_clock(v->task, entry(s->number)->when);
}

void trace_measured(const struct trace_span *s, struct vcpu *v)
{
	struct exits *x = v->left;
	tod_t now = arch_clock();

	if (ring_next - s->number <= RING_ENTRIES)
		entry(s->number)->until = now;
	x->measured[s->kind]++;
	x->time[s->kind] += task_clock(v->task, now) - s->from;
}

void trace_dispatch(const struct task *t, tod_t when, tod_t until)
{
	struct trace_entry *e = entry(ring_next++);

	*e = (struct trace_entry){.when = when,
				  .until = until,
				  .kind = TRACE_DISPATCH,
				  .vcpu = t->vcpu ? t->vcpu->number : TRACE_NO_VCPU,
				  .code = (uint16_t)arch_cpu()->number};
	memcpy(e->who, t->name, sizeof(e->who));
}
