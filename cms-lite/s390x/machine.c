/*
 * machine.c - the s390x machine as a whole: start, clock, wait, stop.
 *
 * Owns: CPU time accounting and the enabled wait. Before it: start.S. After it: everything that waits.
 *
 * Simplification: bare, CPU time is what the CPU timer lost minus what was spent in wait; there is no zone, all is UTC.
 */
#include "port.h"

#define TOD_PER_SECOND 4096000000ull
#define TOD_TO_1970    2208988800ull /* seconds from the TOD clock's epoch, 1900, to 1970 */
/* More than a year of CPU, and far from where a timer becomes negative. */
#define TIMER_START         0x0200000000000000ull
#define COMPARATOR_NEVER    0xffffffffffffffffull
#define EXTERNAL_COMPARATOR 0x1004
#define STORAGE_MIN         (PROGRAM_END + CATALOGUES_SIZE)

static bool is_virtual;
static uint64_t waited; /* TOD units */

static uint64_t clock_now(void)
{
	uint64_t tod;

	asm volatile("stck %0" : "=Q"(tod) : : "cc", "memory");
	return tod;
}

static void set_comparator(uint64_t tod)
{
	asm volatile("sckc %0" : : "Q"(tod) : "memory");
}

static uint64_t cpu_timer(void)
{
	uint64_t timer;

	asm volatile("stpt %0" : "=Q"(timer) : : "memory");
	return timer;
}

void machine_start(void)
{
	uint64_t id, timer = TIMER_START;

	set_comparator(COMPARATOR_NEVER);
	asm volatile("stidp %0" : "=Q"(id) : : "memory");
	is_virtual = id >> 56 == 0xff;
	if (is_virtual)
		diagnose_start();
	else
		asm volatile("spt %0" : : "Q"(timer) : "memory");
	if (!console_start())
		machine_stop(STOP_NO_CONSOLE);
}

bool machine_is_virtual(void)
{
	return is_virtual;
}

uint64_t machine_clock(void)
{
	return clock_now() / TOD_PER_SECOND - TOD_TO_1970;
}

void machine_time_used(uint64_t *virtual_time, uint64_t *total_time)
{
	if (is_virtual) {
		diagnose_times(NULL, virtual_time, total_time);
		return;
	}
	*virtual_time = *total_time = (TIMER_START - cpu_timer() - waited) / (TOD_PER_SECOND / 1000000);
}

/* The clock is an instruction here. */
uint64_t machine_times(uint64_t *virtual_time, uint64_t *total_time)
{
	machine_time_used(virtual_time, total_time);
	return machine_clock();
}

int machine_wait(bool external)
{
	uint64_t mask = external ? PSW_WAIT_IO_EXT : PSW_WAIT_IO, before;
	int class;

	if (is_virtual) /* CP tells what was used, and would have to simulate each STCK */
		return wait_enabled(mask);
	before = clock_now();
	class = wait_enabled(mask);
	waited += clock_now() - before;
	return class;
}

void machine_sleep(uint32_t seconds)
{
	uint64_t end = clock_now() + seconds * TOD_PER_SECOND;

	set_comparator(end);
	while (clock_now() < end)
		if (machine_wait(true) == CLASS_IO)
			channel_unsolicited(low32(LOW_IO_SUBCHANNEL));
	set_comparator(COMPARATOR_NEVER);
}

uint64_t machine_storage(void)
{
	static uint64_t size;

	if (is_virtual)
		return diagnose_storage();
	if (size == 0)
		for (size = STORAGE_MIN; storage_probe(size); size += STORAGE_MIN)
			;
	return size;
}

uint8_t *machine_storage_at(uint32_t address)
{
	return (uint8_t *)(uintptr_t)address;
}

/* Right above the program area, up to the end of the smallest machine. */
uint8_t *machine_catalogues(void)
{
	return machine_storage_at(PROGRAM_END);
}

/* DIAGNOSE 2,4,code. The return code of some comes in register 15, which is the stack pointer: it is put aside. */
int machine_diagnose(uint32_t code, struct diagnose_registers *r)
{
	register uint64_t x asm("2") = r->x;
	register uint64_t x1 asm("3") = r->x1;
	register uint64_t y asm("4") = r->y;
	register uint64_t y1 asm("5") = r->y1;
	uint64_t result;
	int cc;

	asm volatile(
		"lgr 1,15\n\tdiag 2,4,0(%[code])\n\tipm %[cc]\n\tsrl %[cc],28\n\tlgr %[result],15\n\tlgr 15,1"
		: [cc] "=&d"(cc), [result] "=&d"(result), "+d"(x), "+d"(x1), "+d"(y), "+d"(y1)
		: [code] "a"(code)
		: "1", "cc", "memory");
	*r = (struct diagnose_registers){x, x1, y, y1, result};
	return cc;
}

void machine_stop(uint32_t code)
{
	uint64_t psw[2] = {PSW_STOP, code};

	asm volatile("lpswe %0" : : "Q"(psw) : "memory");
	__builtin_unreachable();
}
