/*
 * panic.c - CP's last words, and its ordinary ones to the operator.
 *
 * Owns: log_line() and panic(). Before: format.c, the earliest console. After: everything that can go wrong.
 * Heritage: DMKDMP and the PSA's abend code; VM's operator messages.
 * Simplification: no dump is written; the trace ring's last entries stand for it.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/line.h>
#include <cp/panic.h>
#include <cp/string.h>

#define LOG_MAX     160
#define TRACE_LINES 16

static void put_text(const char *s)
{
	while (*s)
		arch_putc(*s++);
	arch_putc('\n');
}

void log_line(const char *fmt, ...)
{
	struct line *operator= line_find(0);
	char text[LOG_MAX];
	va_list ap;

	va_start(ap, fmt);
	format_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (operator)
		line_write(operator, text, strlen(text));
	else
		put_text(text);
}

/* The line drivers need interruptions and a sane CP; the earliest console needs neither. */
static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	char text[LOG_MAX];
	va_list ap;

	va_start(ap, fmt);
	format_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_text(text);
}

static void say_trace(void)
{
	unsigned first, n = trace_ring_extent(&first);

	for (unsigned back = 0; back < TRACE_LINES && n != first; back++) {
		const struct trace_entry *e = trace_ring_entry(--n);

		say("TRACE -%02u TOD %016lX USER %.8s KIND %u CODE %04X DATA %016lX", back,
		    (unsigned long)e->when, e->who, e->kind, e->code, (unsigned long)e->data);
	}
}

void panic(const char *fmt, ...)
{
	static bool again;
	struct task *task = arch_cpu()->current;
	char text[LOG_MAX];
	va_list ap;

	if (again) /* saying it went wrong as well */
		arch_stop(STOP_PANIC);
	again = true;
	va_start(ap, fmt);
	format_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	say("VM/40 PANIC: %s", text);
	say("CALLED FROM %lX, TASK %.16s", (unsigned long)(uintptr_t)__builtin_return_address(0),
	    task ? task->name : "NONE");
	say_trace();
	arch_stop(STOP_PANIC);
}
