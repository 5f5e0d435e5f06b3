/*
 * Non-maskable interruptions: one at a time, the next one after IRET; whichever IRET.
 * Before it: interruption.c. After it: paging.c.
 * A PC's local controller sends them bare; under CP, the EXTERNAL command does.
 */
#include "runtime/guest.h"

#define ICR_LOW      ((volatile uint32_t *)0xfee00300)
#define ICR_HIGH     ((volatile uint32_t *)0xfee00310)
#define ICR_NMI      0x4400
#define NEST_MAX     4
#define VECTOR_INNER 0x81

struct gate {
	uint16_t low, selector;
	uint8_t stack, type;
	uint16_t middle;
	uint32_t high, reserved;
};

extern const char nmi_entry[], nmi_return[], inner_entry[];

/* What the handlers do is told to them: how many more NMIs the first one raises, and whether an inner interruption returns. */
static volatile unsigned more, inner;
/* What came. */
static volatile unsigned count, depth, deepest;
static volatile uint64_t interrupted[NEST_MAX];

static void nmi_raise(void)
{
	static const char command[] = "EXTERNAL";
	uint64_t x[2] = {(uint64_t)command, 0}, y[2] = {sizeof(command) - 1, 0};

	if (under_cp) {
		diagnose(8, x, y);
	} else {
		*ICR_HIGH = 0;
		*ICR_LOW = ICR_NMI;
	}
	for (volatile unsigned n = 0; n < 1000; n++)
		;
}

/* An IRET that is not the handler's own lets an NMI come, too. */
__asm__(".pushsection .text\n"
	"inner_entry: iretq\n"
	"nmi_entry: push %rax\n push %rcx\n push %rdx\n push %rsi\n push %rdi\n push %r8\n push %r9\n push %r10\n push %r11\n"
	" mov 72(%rsp), %rdi\n cld\n call nmi_handler\n"
	" pop %r11\n pop %r10\n pop %r9\n pop %r8\n pop %rdi\n pop %rsi\n pop %rdx\n pop %rcx\n pop %rax\n"
	"nmi_return: iretq\n"
	".popsection");

void nmi_handler(uint64_t rip);
void nmi_handler(uint64_t rip)
{
	interrupted[count++ % NEST_MAX] = rip;
	if (++depth > deepest)
		deepest = depth;
	while (more) {
		more--;
		nmi_raise();
	}
	if (inner) {
		inner = 0;
		__asm__ volatile("int %0" : : "i"(VECTOR_INNER) : "memory");
		for (volatile unsigned n = 0; n < 1000; n++)
			;
	}
	depth--;
}

static void gate_put(unsigned vector, const char *to)
{
	struct {
		uint16_t limit;
		struct gate *gates;
	} __attribute__((packed)) table;
	uint64_t a = (uint64_t)to;

	__asm__ volatile("sidt %0" : "=m"(table));
	table.gates[vector] = (struct gate){
		.low = a, .selector = CODE_KERNEL, .type = 0x8e, .middle = a >> 16, .high = a >> 32};
}

static void raised(const char *name, unsigned held, bool with_inner)
{
	trying(name);
	count = depth = deepest = 0;
	more = held;
	inner = with_inner;
	nmi_raise();
	print("%s: %u came, %u deep\n", name, count, deepest);
}

static bool in_handler(uint64_t rip)
{
	return rip >= (uint64_t)nmi_entry && rip <= (uint64_t)nmi_return;
}

int main(void)
{
	gate_put(VECTOR_NMI, nmi_entry);
	gate_put(VECTOR_INNER, inner_entry);
	raised("one", 0, false);
	expect("one came", count == 1);
	raised("and another", 0, false);
	expect("one came", count == 1);
	raised("one in the handler", 1, false);
	expect("it was held", deepest == 1);
	expect("and came", count == 2);
	expect("after IRET", !in_handler(interrupted[1]) && interrupted[1] == interrupted[0]);
	raised("two in the handler", 2, false);
	expect("they were held, and are one", deepest == 1 && count == 2);
	raised("an inner IRET", 1, true);
	expect("lets it come", deepest == 2 && count == 2);
	raised("all is as before", 0, false);
	expect("one came", count == 1);
	return failures;
}
