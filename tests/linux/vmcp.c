/*
 * vmcp: one CP command from Linux, its answer on the standard output.
 * Linux's /dev/vmcp takes the command by write, runs it by DIAGNOSE X'08' and gives the answer by read.
 * Before it: nothing, not even a C library: three system calls are all it needs, so it brings its own start-up.
 * Known simplification: no option; the answer may be 64 KiB long. The exit status is CP's return code, at most 255.
 */
#include <stddef.h>

enum { SYS_EXIT = 1, SYS_READ = 3, SYS_WRITE = 4, SYS_OPEN = 5, SYS_IOCTL = 54 };
enum { OPEN_READ_WRITE = 2 };
/* From Linux's asm/vmcp.h: direction, size 4, type 0x10, number. */
enum { VMCP_GET_CODE = 0x80041001, VMCP_SET_BUFFER = 0x40041002, VMCP_GET_SIZE = 0x80041003 };

void program(const long *stack) __attribute__((noreturn));

/* The kernel enters with %r15 at the argument count; C wants it as an argument and a register save area below. */
__asm__(".globl _start\n"
	"_start: lgr %r2,%r15\n"
	"	aghi %r15,-160\n"
	"	brasl %r14,program\n");

static long call(long number, long a, long b, long c)
{
	register long r1 __asm__("1") = number;
	register long r2 __asm__("2") = a;
	register long r3 __asm__("3") = b;
	register long r4 __asm__("4") = c;

	__asm__ volatile("svc 0" : "+d"(r2) : "d"(r1), "d"(r3), "d"(r4) : "memory", "cc");
	return r2;
}

static void leave(const char *message, int status) __attribute__((noreturn));

static size_t length(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

static void leave(const char *message, int status)
{
	call(SYS_WRITE, 2, (long)message, length(message));
	call(SYS_EXIT, status, 0, 0);
	__builtin_unreachable();
}

/* The arguments with blanks between them: a CP command is one line of at most 240 characters. */
static size_t line_build(char *line, size_t size, char *const *words)
{
	size_t n = 0;

	for (; *words; words++) {
		for (const char *c = *words; *c; c++) {
			if (n == size)
				leave("vmcp: the command is longer than 240 characters\n", 4);
			line[n++] = *c;
		}
		if (words[1] && n < size)
			line[n++] = ' ';
	}
	return n;
}

void program(const long *stack)
{
	static char line[240], answer[65536];
	int code = 0, size = 0, buffer = sizeof(answer);
	size_t used = line_build(line, sizeof(line), (char *const *)(stack + 2));
	long file, got;

	if (!used)
		leave("usage: vmcp COMMAND...\n", 4);
	file = call(SYS_OPEN, (long)"/dev/vmcp", OPEN_READ_WRITE, 0);
	if (file < 0)
		leave("vmcp: there is no /dev/vmcp; is this Linux a guest of CP?\n", 3);
	call(SYS_IOCTL, file, VMCP_SET_BUFFER, (long)&buffer);
	if (call(SYS_WRITE, file, (long)line, used) < 0)
		leave("vmcp: CP did not take the command\n", 3);
	while ((got = call(SYS_READ, file, (long)answer, sizeof(answer))) > 0)
		call(SYS_WRITE, 1, (long)answer, got);
	call(SYS_IOCTL, file, VMCP_GET_CODE, (long)&code);
	call(SYS_IOCTL, file, VMCP_GET_SIZE, (long)&size);
	if (size > buffer)
		leave("vmcp: the answer was cut\n", 2);
	call(SYS_EXIT, code > 255 ? 255 : code, 0, 0);
	__builtin_unreachable();
}
