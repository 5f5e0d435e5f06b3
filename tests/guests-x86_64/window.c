/*
 * When an interruption that waits is taken: shadows of STI and MOV SS, flags that are popped, IRET, CR8, HLT; and that repeated
 * instructions and faults in between lose none. The request is line 4's, which the serial port raises at once and keeps.
 * Before it: debug.c. After it: chips.c. Source: AMD64 Architecture Programmer's Manual volume 2, 8.4, 15.21.
 */
#include "runtime/guest.h"

#define SERIAL_ENABLE   0x3f9
#define SERIAL_CONTROL  0x3fc
#define SERIAL_IDENTIFY 0x3fa
#define SERIAL_STATUS   0x3fd
#define EMPTY           2 /* interrupt when there is room for a byte */
#define LINE            4

#define NOT_TAKEN -1
#define UNJUDGED  -2 /* processors differ: it is to be as it is bare */

static struct trial t;

/* The request comes when the port is told to interrupt with its transmitter empty, and stays until it is asked why. */
static void request(void)
{
	while ((in8(SERIAL_STATUS) & 0x60) != 0x60) /* the line printed last is out */
		;
	out8(SERIAL_CONTROL, 0x08);
	out8(SERIAL_ENABLE, 0);
	out8(SERIAL_ENABLE, EMPTY);
}

static void request_end(void)
{
	in8(SERIAL_IDENTIFY);
	out8(SERIAL_ENABLE, 0);
	pic_end(LINE);
}

/* The line is printed after the request is over, for it goes through the same port. */
static void waits(const char *name, const void *code, uint64_t flags, int advance)
{
	t = (struct trial){.gpr = {[RBX] = DATA_KERNEL, [RCX] = 5},
			   .rflags = flags | 2,
			   .rip = (uint64_t)code,
			   .cs = CODE_KERNEL,
			   .ss = DATA_KERNEL};
	trying(name);
	request();
	trial_run(&t);
	request_end();
	__asm__ volatile("mov %0, %%cr8" : : "r"(0ul));
	if (t.vector == VECTOR_DONE)
		print("%s: done\n", name);
	else
		print("%s: vector %02X, error %lX, at +%lX\n", name, (unsigned)t.vector, t.error,
		      t.rip - (uint64_t)code);
	if (advance == NOT_TAKEN)
		expect_done(&t);
	if (advance >= 0) {
		expect("it is taken", t.vector == VECTOR_IRQ + LINE);
		expect("there", t.rip - (uint64_t)code == (uint64_t)advance);
	}
}

static char *hex_put(char *to, uint64_t value, int digits)
{
	while (digits-- > 0)
		*to++ = "0123456789ABCDEF"[value >> 4 * digits & 15];
	return to;
}

/*
 * STI at the end of a page; what is in its shadow lies in one in which the guest has not been yet. Under CP it leaves it there, and comes
 * back: so it is CP who is to write there.
 */
static const void *page_end(uint64_t a, const char *code, unsigned length)
{
	char command[64] = "STORE S", *to = hex_put(command + 7, a, 8);
	uint64_t x[2] = {(uint64_t)command, 0}, y[2] = {0};

	*to++ = ' ';
	for (unsigned n = 0; n < length; n++) {
		to = hex_put(to, (uint8_t)code[n], 2);
		if (!under_cp)
			((char *)a)[n] = code[n];
	}
	y[0] = (uint64_t)(to - command);
	if (under_cp)
		diagnose(8, x, y);
	return (const void *)a;
}

#define PAGE_END(a, code) page_end(a, code "\xcd\x80", sizeof(code) + 1)

int main(void)
{
	pic_set(1 << LINE);
	waits("interruptions off", CODE("nop\n nop"), 0, NOT_TAKEN);
	waits("interruptions on", CODE("nop\n nop"), FLAGS_IF, 0);
	waits("STI, NOP", CODE("sti\n nop\n nop"), 0, 2);
	waits("STI, CLI: never open", CODE("sti\n cli\n nop"), 0, NOT_TAKEN);
	waits("STI, STI: one shadow only", CODE("sti\n sti\n nop\n nop"), 0, 2);
	waits("STI, STI in another page", PAGE_END(0x17fffff, "\xfb\xfb\x90\x90"), 0, 2);
	waits("STI, a store there into one more",
	      PAGE_END(0x19fffff, "\xfb\xc6\x04\x25\x00\x00\x90\x01\x00\x90"), 0, 9);
	waits("STI, MOV SS: two shadows", CODE("sti\n mov %%ebx, %%ss\n nop\n nop"), 0, UNJUDGED);
	waits("STI, HLT", CODE("sti\n hlt\n nop"), 0, 2);
	waits("STI, CPUID", CODE("sti\n cpuid\n nop"), 0, 3);
	waits("STI, CPUID, CLI: between", CODE("sti\n cpuid\n cli\n nop"), 0, 3);
	waits("STI, OUT", CODE("sti\n outb %%al, $0x80\n nop"), 0, 3);
	waits("STI, IN", CODE("sti\n inb $0x61, %%al\n nop"), 0, 3);
	waits("STI, RDMSR", CODE("mov $0xc0000080, %%ecx\n sti\n rdmsr\n nop"), 0, 8);
	waits("STI, MOV to CR3", CODE("mov %%cr3, %%rax\n sti\n mov %%rax, %%cr3\n nop"), 0, 7);
	waits("STI, MOV to CR0", CODE("mov %%cr0, %%rax\n sti\n mov %%rax, %%cr0\n nop"), 0, 7);
	waits("STI, a fault", CODE("sti\n ud2\n nop"), 0, UNJUDGED);
	waits("POPF", CODE("pushq $0x202\n popf\n nop\n nop"), 0, 6);
	waits("POPF, and off again by POPF", CODE("pushq $2\n pushq $0x202\n popf\n popf\n nop"), 0, 8);
	waits("IRET",
	      CODE("mov %%rsp, %%rdx\n pushq $0x10\n push %%rdx\n pushq $0x202\n pushq $8\n lea 1f(%%rip), %%rsi\n"
		   "push %%rsi\n iretq\n 1: nop"),
	      0, 23);
	waits("a loop of moves", CODE("sti\n nop\n rep movsb\n nop"), 0, 2);
	waits("MOV to CR8 while one waits", CODE("mov $3, %%eax\n mov %%rax, %%cr8\n mov %%cr8, %%rbx\n nop"),
	      0, NOT_TAKEN);
	expect("CR8 keeps its value", t.gpr[RBX] == 3);
	waits("CR8 does not hold a line off that has no APIC",
	      CODE("mov $15, %%eax\n mov %%rax, %%cr8\n sti\n nop\n nop"), 0, UNJUDGED);
	return failures;
}
