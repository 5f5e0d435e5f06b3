/*
 * machine.c - the real machine under this port.
 *
 * Owns: what the machine is (facilities, keys, storage), this CPU's
 * structure, idling and stopping. Comes after start.S; called by main.c
 * and the scheduler. Heritage: DMKCPI, DMKDSP's wait.
 */
#include <arch/io.h>
#include <arch/sie.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>
#include <cp/timer.h>

struct real_machine real_machine;

struct cpu this_cpu;

/* Pseudo guests: trap_enter() with these is CP's way to let interruptions in. */
static struct arch_vcpu idle_guest, poll_guest;

#define INTERRUPTIONS (PSW_IO | PSW_EXTERNAL)

struct cpu *arch_cpu(void)
{
	return &this_cpu;
}

static void read_facilities(void)
{
	register uint64_t doublewords asm("0") = ARRAY_SIZE(real_machine.facilities) - 1;

	asm volatile("	.insn s,0xb2b00000,%1\n" : "+d"(doublewords), "=Q"(real_machine.facilities) : : "cc");
	real_machine.vector = real_machine.facilities[2] >> (63 - 129 % 64) & 1;
	real_machine.iep = real_machine.facilities[2] >> (63 - 130 % 64) & 1;
	real_machine.local_clearing = real_machine.facilities[0] >> (63 - 51) & 1;
	asm volatile("	stidp	%0" : "=Q"(real_machine.cpu_id));
}

/*
 * QEMU keeps storage keys but does not compare them. There is no bit that
 * says so: its facility list has the vector facility, which no machine that
 * compares keys here has.
 */
static void find_keys(void)
{
	real_machine.keys = !real_machine.vector;
}

const char *arch_description(void)
{
	static char text[80];

	format(text, sizeof(text), "s390x, machine type %04X, %lu MB, %s",
	       (unsigned)(real_machine.cpu_id >> 16 & 0xffff), (unsigned long)(frames_total() / 256),
	       real_machine.keys ? "storage keys enforced" : "storage keys not enforced");
	return text;
}

extern char storage_start[];

void arch_init(void)
{
	idle_guest.real_psw.mask = CP_PSW_MASK | INTERRUPTIONS | PSW_WAIT;
	idle_guest.cpu_timer = poll_guest.cpu_timer = INT64_MAX;
	poll_guest.real_psw.mask = CP_PSW_MASK | INTERRUPTIONS;
	poll_guest.real_psw.address = (uint64_t)(uintptr_t)trap_poll_stub;
	read_facilities();
	find_keys();
	sclp_init();
	frame_add((frame_t)(uintptr_t)storage_start, sclp_storage_size());
	this_cpu.arch.slice_end = TOD_NEVER;
	arch_timer_set(TOD_NEVER);
	real_machine.sie = sie_probe(&poll_guest);
}

void arch_probe(void)
{
	io_probe();
}

void arch_putc(char c)
{
	sclp_putc(c);
}

void arch_idle(void)
{
	unsigned class;

	/* No slice now: what stands in the comparator may be the end of one, and on QEMU it interrupts only once. */
	this_cpu.arch.slice_end = TOD_NEVER;
	arch_timer_set(timer_next());
	class = trap_enter(&idle_guest);
	trap_serve(&idle_guest, class);
}

/* Interruptions are enabled for the length of one SVC; each one that is pending comes instead of it. */
void arch_poll(void)
{
	unsigned class;

	/* A slice or a guest's clock that ended long ago would interrupt for ever: here only CP's own timers count. */
	this_cpu.arch.slice_end = TOD_NEVER;
	arch_timer_set(timer_next());
	while ((class = trap_enter(&poll_guest)) != EXIT_SVC)
		trap_serve(&poll_guest, class);
}

/* Disabled wait; address FFF means a clean end to those who watch from outside. */
_Noreturn void arch_stop(unsigned code)
{
	struct psw stop = {PSW_WAIT | CP_PSW_MASK, code == 0 ? 0xfff : 0xdead0000u | code};

	for (;;)
		asm volatile("	lpswe	%0" : : "Q"(stop) : "memory");
}

void arch_task_prepare(struct task *t)
{
	uint64_t *frame = (uint64_t *)(void *)(t->stack + TASK_STACK_SIZE - 320);

	frame[6] = (uint64_t)(uintptr_t)t; /* r6 ... as arch_task_switch() loads them */
	frame[7] = (uint64_t)(uintptr_t)t->entry;
	frame[8] = (uint64_t)(uintptr_t)t->argument;
	frame[14] = (uint64_t)(uintptr_t)task_start;
	frame[15] = (uint64_t)(uintptr_t)frame;
	t->stack_pointer = frame;
}

/* A fault of CP's own: called by switch.S with all registers at LC_FAULT. */
_Noreturn void trap_cp_fault(void)
{
	const uint64_t *regs = (const uint64_t *)(uintptr_t)LC_FAULT;
	const uint64_t *old = (const uint64_t *)(uintptr_t)LC_PGM_OLD;

	log_line("CP fault: program interruption %04X at %lX, return %lX, TEID %lX",
		 *(const uint32_t *)(uintptr_t)LC_PGM_ILC & 0xffff, (unsigned long)old[1],
		 (unsigned long)regs[14], *(const unsigned long *)(uintptr_t)LC_TEID);
	for (unsigned n = 0; n < 16; n += 4)
		log_line("R%-2u %016lX %016lX %016lX %016lX", n, (unsigned long)regs[n],
			 (unsigned long)regs[n + 1], (unsigned long)regs[n + 2], (unsigned long)regs[n + 3]);
	panic("program interruption in CP");
}
