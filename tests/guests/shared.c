/*
 * Storage that is shared with others, copy on write: the guest has itself saved as system SHARED, and then stores into a page by each way
 * there is. Whoever IPLs SHARED begins behind the saving, with the pages as they were, and does the same.
 * Before it: storage.c. After it: nothing. Under CP only, by a user with class E.
 * Known simplification: one store a page; the channel is shown by SENSE ID.
 */
#include "runtime/guest.h"

static struct trial t;
static uint64_t *list;                    /* operands that are not to be in the pages */
static uint32_t *schib, *orb, *irb, *ccw; /* of the channel's */

struct way {
	const char *name;
	const void *code; /* stores behind the address in register 1 */
	int what;         /* it does to the page */
	uint8_t *page;
};

enum { STORES, CLEARS, KEYS };

#define WAYS_MAX 40
static struct way ways[WAYS_MAX];
static unsigned count;

static uint8_t pattern(unsigned n, unsigned at)
{
	return (uint8_t)(n * 31 + at * 7 + 1);
}

static void way(const char *name, const void *code, int what)
{
	struct way *w = &ways[count];

	*w = (struct way){.name = name, .code = code, .what = what, .page = page_new(1)};
	for (unsigned at = 0; at < 4096; at++)
		w->page[at] = pattern(count, at);
	count++;
}

static void ordinary(void)
{
	way("stg", CODE("stg 0,8(1)"), STORES);
	way("mvi", CODE("mvi 8(1),0xee"), STORES);
	way("mvc", CODE("mvc 8(100,1),0(2)"), STORES);
	way("xc", CODE("xc 8(8,1),8(1)"), STORES);
	way("mvcl", CODE("la 4,8(1)\n lhi 5,64\n lgr 6,2\n lhi 7,32\n mvcl 4,6"), STORES);
	way("stm", CODE("stm 0,15,8(1)"), STORES);
	way("cs", CODE("l 4,8(1)\n lhi 5,-3\n cs 4,5,8(1)"), STORES);
	way("csg", CODE("lg 4,8(1)\n lghi 5,-3\n csg 4,5,8(1)"), STORES);
	way("std", CODE("std 0,8(1)"), STORES);
	way("ex of mvc", CODE("lhi 4,31\n larl 5,1f\n ex 4,0(5)\n j 2f\n1: mvc 8(1,1),0(2)\n2: lr 0,0"),
	    STORES);
	way("stck", CODE("stck 8(1)"), STORES);
	way("stcke", CODE("stcke 8(1)"), STORES);
	way("stfle", CODE("lghi 0,0\n stfle 8(1)"), STORES);
}

static void privileged(void)
{
	way("stnsm", CODE("stnsm 8(1),0xff"), STORES);
	way("stosm", CODE("stosm 8(1),0"), STORES);
	way("stctg", CODE("stctg 0,3,8(1)"), STORES);
	way("stidp", CODE("stidp 8(1)"), STORES);
	way("stap", CODE("stap 8(1)"), STORES);
	way("stpt", CODE("stpt 8(1)"), STORES);
	way("stpx", CODE("stpx 8(1)"), STORES);
	way("stura", CODE("la 4,8(1)\n lhi 5,-2\n stura 5,4"), STORES);
	way("sturg", CODE("la 4,8(1)\n lghi 5,-2\n sturg 5,4"), STORES);
	way("csp", CODE("la 6,8(1)\n l 4,8(1)\n lhi 5,-2\n csp 4,6"), STORES);
	way("tb", CODE("lgr 4,1\n .insn rre,0xb22c0000,0,4"), CLEARS);
	way("sske", CODE("lhi 4,0x10\n sske 4,1"), KEYS);
	way("rrbe", CODE("rrbe 0,1"), KEYS);
}

static void of_cp(void)
{
	way("diag 0c", CODE("la 4,8(1)\n diag 4,0,0x0c"), STORES);
	way("diag 08 with an answer", CODE("lgr 4,2\n la 5,8(1)\n lg 6,16(2)\n lghi 7,100\n diag 4,6,0x08"),
	    STORES);
	way("diag 00", CODE("la 4,8(1)\n lghi 5,40\n diag 4,5,0x00"), STORES);
	way("diag 10", CODE("diag 1,1,0x10"), CLEARS);
	way("stsch", CODE("lgr 4,1\n lgr 1,3\n stsch 8(4)\n lgr 1,4"), STORES);
	/* The channel stores what SENSE ID tells; the CCW's address is put there by the loop. */
	way("the channel",
	    CODE("lgr 4,1\n lgr 1,3\n la 5,8(4)\n st 5,4(10)\n ssch 0(9)\n0: tsch 0(8)\n jnz 0b\n lgr 1,4"),
	    STORES);
}

static unsigned changed(const struct way *w, unsigned from, unsigned to)
{
	unsigned n = 0;

	for (unsigned at = from; at < to; at++)
		n += w->page[at] != pattern((unsigned)(w - ways), at);
	return n;
}

static void judge(const struct way *w)
{
	if (w->what == KEYS)
		expect("nothing of it is changed", changed(w, 0, 4096) == 0);
	if (w->what == STORES) {
		expect("is stored", changed(w, 8, 512) != 0);
		expect("nothing else is changed", changed(w, 0, 8) == 0 && changed(w, 512, 4096) == 0);
	}
	for (unsigned at = 0; w->what == CLEARS && at < 4096; at++)
		if (w->page[at]) {
			expect("is cleared", 0);
			break;
		}
}

/* Register 1 the page; 2 what may be moved from, and a command's text; 3 a subchannel; 8 to 10 its blocks. */
static void store(struct way *w)
{
	memset(t.gpr, 0, sizeof(t.gpr));
	t.gpr[0] = 0x5555555555555555;
	t.gpr[1] = (uint64_t)w->page;
	t.gpr[2] = (uint64_t)list;
	t.gpr[3] = 0x00010000;
	t.gpr[8] = (uint64_t)irb;
	t.gpr[9] = (uint64_t)orb;
	t.gpr[10] = (uint64_t)ccw;
	try(&t, w->name, PSW_64BIT, w->code);
	expect("was to run to its end", t.end == END_SVC);
}

static void command(const char *text, uint8_t *to, uint64_t *length)
{
	for (*length = 0; text[*length]; ++*length)
		to[*length] = print_code(text[*length]);
}

/* Whatever device comes first knows SENSE ID. */
static void device_open(void)
{
	register uint64_t id __asm__("1") = 0x00010000;

	__asm__ volatile("stsch %0" : "=Q"(*(uint32_t(*)[13])schib) : "d"(id) : "cc");
	schib[1] |= 0x00800000;
	__asm__ volatile("msch %0" : : "Q"(*(uint32_t(*)[13])schib), "d"(id) : "cc", "memory");
	orb[1] = 0x0080ff00;
	orb[2] = (uint32_t)(uint64_t)ccw;
	ccw[0] = 0xe4200007;
}

static void save(void)
{
	static uint8_t text[16] __attribute__((aligned(8)));
	uint64_t length;

	command("SAVESYS SHARED", text, &length);
	t.gpr[2] = (uint64_t)text;
	t.gpr[4] = length;
	try(&t, "SAVESYS", PSW_64BIT, CODE("diag 2,4,0x08"));
	sclp_anew();
	expect("CP took it", t.end == END_SVC && t.gpr[4] == 0);
}

int main(void)
{
	uint64_t length;

	list = page_new(1);
	schib = page_new(1);
	orb = schib + 64;
	irb = schib + 128;
	ccw = schib + 256;
	ordinary();
	privileged();
	of_cp();
	command("QUERY TIME", (uint8_t *)list, &length);
	list[2] = length | 0x40000000; /* the answer is wanted */
	save();
	device_open();
	for (unsigned n = 0; n < count; n++) {
		trying(ways[n].name);
		expect("is as it was saved", changed(&ways[n], 0, 4096) == 0);
	}
	for (unsigned n = 0; n < count; n++) {
		store(&ways[n]);
		judge(&ways[n]);
	}
	for (unsigned n = 0; n < count; n++) {
		trying(ways[n].name);
		judge(&ways[n]); /* and by none of the others */
	}
	return failures;
}
