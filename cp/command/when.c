/*
 * when.c - times as messages write them.
 *
 * Owns: "10:02:33 GMT MONDAY 11/23/26" and the accounting line. Before: format.c's calendar. After: LOGON, LOGOFF, QUERY
 * TIME. Heritage: DMKCVT.
 * Simplification: CP lives in GMT.
 */
#include <cp/arch.h>
#include <cp/session_private.h>

void when_clock(tod_t t, char dst[9])
{
	struct calendar c;

	calendar_from_tod(t, &c);
	calendar_time(&c, dst);
}

void when_text(tod_t t, char *dst, size_t size)
{
	char time[9], date[9];
	struct calendar c;

	calendar_from_tod(t, &c);
	calendar_time(&c, time);
	calendar_date(&c, date);
	format(dst, size, "%s GMT %s %s", time, calendar_weekday(&c), date);
}

/* "mmm:ss.hh" */
static void processor_time(tod_t t, char *dst, size_t size)
{
	uint64_t hundredths = t / (10 * TOD_MILLISECOND);

	format(dst, size, "%03u:%02u.%02u", (unsigned)(hundredths / 6000), (unsigned)(hundredths / 100 % 60),
	       (unsigned)(hundredths % 100));
}

void when_account(const struct vm *vm, char *dst, size_t size)
{
	uint64_t connected = (arch_clock() - vm->logon_time) / TOD_SECOND;
	char virtual[16], total[16];

	processor_time(vm_guest_time(vm), virtual, sizeof(virtual));
	processor_time(vm_total_time(vm), total, sizeof(total));
	format(dst, size, "CONNECT= %02u:%02u:%02u VIRTCPU= %s TOTCPU= %s", (unsigned)(connected / 3600),
	       (unsigned)(connected / 60 % 60), (unsigned)(connected % 60), virtual, total);
}
