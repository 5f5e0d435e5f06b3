/*
 * The guest's voice: SCLP line-mode messages, which QEMU, Hercules and CP all have.
 * Before it: start.S. After it: print.c.
 * Known simplification: no input, and a message that SCLP refuses is lost.
 */
#include "guest.h"

/* Code page 037 for the printable characters of ASCII, from blank on. */
static const uint8_t ebcdic[] = {
	0x40, 0x5a, 0x7f, 0x7b, 0x5b, 0x6c, 0x50, 0x7d, 0x4d, 0x5d, 0x5c, 0x4e, 0x6b, 0x60, 0x4b, 0x61,
	0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0x7a, 0x5e, 0x4c, 0x7e, 0x6e, 0x6f,
	0x7c, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6,
	0xd7, 0xd8, 0xd9, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xba, 0xe0, 0xbb, 0xb0, 0x6d,
	0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96,
	0x97, 0x98, 0x99, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xc0, 0x4f, 0xd0, 0xa1,
};

enum { WRITE_EVENT_DATA = 0x00760005, WRITE_EVENT_MASK = 0x00780005 };

/* One service call control block, page aligned and below 2 GiB as SCLP demands. */
static uint8_t sccb[4096] __attribute__((aligned(4096)));

static int open;

uint8_t print_code(char c)
{
	return c < ' ' || c > '~' ? 0x4b : ebcdic[c - ' '];
}

static void put16(unsigned at, unsigned value)
{
	sccb[at] = value >> 8;
	sccb[at + 1] = value;
}

/* Whatever the guest has opened is closed while it speaks, so that only SCLP's own interruption ends a wait. */
static void sclp_wait(void)
{
	struct trial wait = {.mask = PSW_64BIT | PSW_WAIT | PSW_EXTERNAL};

	trial_run(&wait);
}

static int sclp_call(uint32_t command)
{
	unsigned cc;

	do {
		__asm__ volatile(".insn rre,0xb2200000,%1,%2\n ipm %0\n srl %0,28"
				 : "=d"(cc)
				 : "d"(command), "d"(sccb)
				 : "cc", "memory");
		if (cc == 2)
			sclp_wait();
	} while (cc == 2);
	if (cc)
		return -1;
	sclp_wait();
	return sccb[6] << 8 | sccb[7];
}

static void sclp_open(void)
{
	memset(sccb, 0, 28);
	put16(0, 28);
	put16(10, 4);
	sccb[16] = 0x40; /* send: messages */
	sclp_call(WRITE_EVENT_MASK);
}

void sclp_anew(void)
{
	open = 0;
}

/*
 * SCCB header 8, event header 6, message data block header 12, general object 56, message text object 10, text:
 * every length counts from its own start to the end of the text, but for the general object, which is left zero.
 */
void print_line(const char *text, unsigned length)
{
	static const uint8_t block_tag[8] = {0xd4, 0xc4, 0xc2, 0x40, 0, 0, 0, 1}; /* "MDB ", revision 1 */
	static const uint64_t only_sclp = 0x200;
	uint64_t was;

	__asm__ volatile("stctg 0,0,%0\n lctlg 0,0,%1" : "=Q"(was) : "Q"(only_sclp));
	if (!open++)
		sclp_open();
	memset(sccb, 0, 92);
	put16(0, 92 + length);
	put16(8, 84 + length);
	sccb[10] = 2; /* event: message */
	put16(14, 78 + length);
	put16(16, 1);
	memcpy(sccb + 18, block_tag, sizeof(block_tag));
	put16(26, 56);
	put16(28, 1);
	put16(82, 10 + length);
	put16(84, 4);
	put16(86, 0x1000); /* end of line */
	memcpy(sccb + 92, text, length);
	sclp_call(WRITE_EVENT_DATA);
	__asm__ volatile("lctlg 0,0,%0" : : "Q"(was));
}
