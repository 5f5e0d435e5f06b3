/*
 * driver.c - from an intercepted instruction to its handler.
 *
 * Owns: counting, tracing, and stepping past. The meaning of each is in its handler; the rows are in table.c. Comes after
 * cp/run/intercept.c. Heritage: DMKPRV.
 */
#include <arch/instruction.h>
#include <arch/pc.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/traits.h>

#define DR6_STEP 0x4000ull

void instruction_trap(struct vcpu *v)
{
	if (!(register_get(v, REGISTER_RFLAGS) & RFLAGS_TRAP))
		return;
	register_set(v, REGISTER_DR6, register_get(v, REGISTER_DR6) | DR6_STEP);
	interrupt_exception(v, VECTOR_DEBUG, 0);
}

/* Instruction pointers that are shorter, and flags that an instruction's end has to do with. */
static __attribute__((noinline)) int skip_rest(struct vcpu *v)
{
	uint64_t flags = register_get(v, REGISTER_RFLAGS) & ~RFLAGS_RESUME;
	uint64_t rip = register_get(v, REGISTER_RIP) + v->arch.length;

	if (!guest_64(v))
		rip &= code_size(v) == 32 ? 0xffffffff : 0xffff;
	register_set(v, REGISTER_RIP, rip);
	register_set(v, REGISTER_RFLAGS, flags);
	register_set(v, REGISTER_SHADOW, 0);
	instruction_trap(v);
	return 0;
}

static inline int skip(struct vcpu *v)
{
	if (!guest_64(v) || register_get(v, REGISTER_RFLAGS) & (RFLAGS_TRAP | RFLAGS_RESUME))
		return skip_rest(v);
	register_set(v, REGISTER_RIP, register_get(v, REGISTER_RIP) + v->arch.length);
	register_set(v, REGISTER_SHADOW, 0);
	return 0;
}

void instruction_skip(struct vcpu *v)
{
	skip(v);
}

static __attribute__((noinline)) void trace(struct vcpu *v, const struct instruction_entry *e)
{
	char text[48] = "";

	if (e->describe)
		e->describe(v, text, sizeof(text));
	trace_user(v, e->trace, "%016lX  %-5s %s", (unsigned long)register_get(v, REGISTER_RIP), e->mnemonic,
		   text);
}

const char *arch_instruction_name(uint64_t word)
{
	return instruction_table[word].mnemonic;
}

int arch_instruction(struct vcpu *v, struct intercept *i)
{
	const struct instruction_entry *e = &instruction_table[v->arch.exit];
	int rc;

	(void)i;
	v->arch.simulated[v->arch.exit]++;
	if (__builtin_expect(v->vm->trace.events & e->trace, 0))
		trace(v, e);
	rc = e->simulate(v);
	if (rc || e->flags & INSTRUCTION_STAYS)
		return rc;
	return skip(v);
}

/* ---- the simplest of them --------------------------------------------------- */

int sim_hlt(struct vcpu *v)
{
	v->arch.halted = true;
	v->check = true;
	return 0;
}

/* Guests share the real caches, which are coherent: there is nothing to write back. */
int sim_nothing(struct vcpu *v)
{
	(void)v;
	return 0;
}

int sim_undefined(struct vcpu *v)
{
	(void)v;
	return EXCEPTION(VECTOR_UNDEFINED);
}

int sim_refused(struct vcpu *v)
{
	v->arch.exception_error = 0;
	return EXCEPTION(VECTOR_PROTECTION);
}

/* ---- for QUERY and INDICATE ----------------------------------------------------------- */

/* After what was simulated: what the guest looked for in vain. */
static bool count_unknown(const struct vcpu *v, unsigned n, struct arch_count *c)
{
	static char name[16];
	uint16_t port;

	*c = (struct arch_count){.name = name, .count = v->vm->arch.unknown_msrs, .missing = true};
	if (n == 0) {
		format(name, sizeof(name), "NO MSR %X", (unsigned)v->vm->arch.last_unknown_msr);
		return true;
	}
	if (!pc_unknown_port(v->vm, n - 1, &port, &c->count))
		return false;
	format(name, sizeof(name), "NO PORT %X", port);
	return true;
}

bool arch_vcpu_count(const struct vcpu *v, unsigned n, struct arch_count *c)
{
	const char *name = n < EXITS ? instruction_table[n].mnemonic : NULL;

	if (n >= EXITS)
		return count_unknown(v, n - EXITS, c);
	*c = (struct arch_count){.name = name ? name : "-", .count = v->arch.simulated[n]};
	return true;
}
