/*
 * machine.c - the PC as a whole: start, clock, wait, stop, and the call of CP.
 *
 * Owns: the 8254 as an alarm, the clock's registers, CPU time. Before it: interrupt.c. After it: everything that waits.
 *
 * Simplification: the clock is read by the second and taken for UTC, as CP sets it; bare, CPU time is what the time-stamp counter
 * says, less what was spent waiting.
 */
#include "port.h"

#define TIMER_DATA    0x40
#define TIMER_COMMAND 0x43
#define TIMER_ONCE    0x30 /* counter 0, both bytes, mode 0 */
#define TIMER_HERTZ   1193182u
#define TIMER_MAX     0xffffu

#define CLOCK_INDEX    0x70
#define CLOCK_DATA     0x71
#define CLOCK_STATUS_A 0x0a
#define CLOCK_UPDATING 0x80
#define CLOCK_STATUS_B 0x0b
#define CLOCK_BINARY   0x04
#define CLOCK_CENTURY  0x32

#define CPUID_FEATURES     1
#define FEATURE_HYPERVISOR 0x80000000u
#define CPUID_HYPERVISOR   0x40000000u
#define HYPERVISOR_NAME    0x342f4d56u /* "VM/4", and then "0" */

#define KIB 1024u
#define MIB (1024u * KIB)

static bool is_virtual, expired;
static uint64_t started, waited, ticks_per_second; /* of the time-stamp counter */

static uint64_t ticks(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void cpuid(uint32_t leaf, uint32_t r[4])
{
	asm volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(0));
}

static bool find_cp(void)
{
	uint32_t r[4];

	cpuid(CPUID_FEATURES, r);
	if (!(r[2] & FEATURE_HYPERVISOR))
		return false;
	cpuid(CPUID_HYPERVISOR, r);
	return r[1] == HYPERVISOR_NAME && r[2] == '0';
}

void machine_wait(void)
{
	uint64_t before = ticks();

	asm volatile("sti\n\thlt\n\tcli" : : : "memory");
	waited += ticks() - before;
}

/* ---- the alarm ---------------------------------------------------------------------------------------------------- */

void timer_expired(void)
{
	expired = true;
}

/* The 8254 ticks from the start on, which is to wake nobody who waits for a line. */
static void wait_counts(uint64_t counts)
{
	request_open(REQUEST_TIMER);
	while (counts) {
		uint32_t part = counts < TIMER_MAX ? (uint32_t)counts : TIMER_MAX;

		expired = false;
		port_out(TIMER_COMMAND, TIMER_ONCE);
		port_out(TIMER_DATA, (uint8_t)part);
		port_out(TIMER_DATA, (uint8_t)(part >> 8));
		while (!expired)
			machine_wait();
		counts -= part;
	}
	request_close(REQUEST_TIMER);
}

void machine_sleep(uint32_t seconds)
{
	wait_counts((uint64_t)seconds * TIMER_HERTZ);
}

/* ---- start -------------------------------------------------------------------------------------------------------- */

void machine_start(void)
{
	interrupt_start();
	is_virtual = find_cp();
	if (is_virtual) {
		diagnose_start();
	} else {
		wait_counts(1); /* a tick from before may be pending */
		started = ticks();
		waited = 0;
		wait_counts(TIMER_HERTZ / 100);
		ticks_per_second = (ticks() - started) * 100;
	}
	if (!console_start())
		machine_stop(STOP_NO_CONSOLE);
}

bool machine_is_virtual(void)
{
	return is_virtual;
}

void machine_time_used(uint64_t *virtual_time, uint64_t *total_time)
{
	if (is_virtual) {
		diagnose_times(NULL, virtual_time, total_time);
		return;
	}
	*virtual_time = *total_time = (ticks() - started - waited) / (ticks_per_second / 1000000 + 1);
}

uint64_t machine_storage(void)
{
	return is_virtual ? diagnose_storage() : MIB + (uint64_t)storage_upper * KIB;
}

/* ---- the clock ---------------------------------------------------------------------------------------------------- */

static uint8_t clock_register(uint8_t number)
{
	port_out(CLOCK_INDEX, number);
	return port_in(CLOCK_DATA);
}

static uint32_t clock_number(uint8_t number, bool binary)
{
	uint8_t value = clock_register(number);

	return binary ? value : (value >> 4) * 10u + (value & 15);
}

static uint64_t days_to(uint32_t year, uint32_t month, uint32_t day)
{
	uint32_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 12 : month;

	/* Days since March 1st of year 0, less those to 1970. */
	return 365ull * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + day - 1 - 719468;
}

static uint64_t clock_read(void)
{
	bool binary = clock_register(CLOCK_STATUS_B) & CLOCK_BINARY;
	uint32_t year = clock_number(CLOCK_CENTURY, binary) * 100 + clock_number(9, binary);
	uint64_t days = days_to(year, clock_number(8, binary), clock_number(7, binary));

	return days * 86400 + clock_number(4, binary) * 3600 + clock_number(2, binary) * 60 +
	       clock_number(0, binary);
}

static uint32_t two_digits(const char *text)
{
	return (uint32_t)(text[0] - '0') * 10 + (uint32_t)(text[1] - '0');
}

static uint64_t clock_of_cp(uint64_t *virtual_time, uint64_t *total_time)
{
	char t[16]; /* mm/dd/yyhh:mm:ss */
	uint64_t days;

	diagnose_times(t, virtual_time, total_time);
	days = days_to(2000 + two_digits(t + 6), two_digits(t), two_digits(t + 3));
	return days * 86400 + two_digits(t + 8) * 3600 + two_digits(t + 11) * 60 + two_digits(t + 14);
}

/* A clock may step while it is read: twice the same is right. */
static uint64_t clock_of_machine(void)
{
	uint64_t now, again;

	do {
		while (clock_register(CLOCK_STATUS_A) & CLOCK_UPDATING)
			;
		now = clock_read();
		again = clock_read();
	} while (now != again);
	return now;
}

uint64_t machine_clock(void)
{
	uint64_t virtual_time, total_time;

	return is_virtual ? clock_of_cp(&virtual_time, &total_time) : clock_of_machine();
}

uint64_t machine_times(uint64_t *virtual_time, uint64_t *total_time)
{
	if (is_virtual)
		return clock_of_cp(virtual_time, total_time);
	machine_time_used(virtual_time, total_time);
	return clock_of_machine();
}

/* ---- storage, stop, CP --------------------------------------------------------------------------------------------- */

uint8_t *machine_storage_at(uint32_t address)
{
	return (uint8_t *)(uintptr_t)address;
}

uint8_t *machine_catalogues(void)
{
	return nucleus_end;
}

void machine_stop(uint32_t code)
{
	for (;;)
		asm volatile("cli\n\thlt" : : "a"(code) : "memory");
}

/* VMMCALL: the code in EAX, Rx in RDI and RSI, Ry in RDX and RCX. The condition code comes in EAX, some return codes in RDX. */
int machine_diagnose(uint32_t code, struct diagnose_registers *r)
{
	asm volatile("vmmcall" : "+a"(code), "+D"(r->x), "+S"(r->x1), "+d"(r->y), "+c"(r->y1) : : "memory");
	r->result = r->y;
	return (int)code;
}
