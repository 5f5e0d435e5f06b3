/*
 * The guest's voice: SCLP line-mode messages, which QEMU, Hercules and CP all have.
 * Before it: start.S. After it: print.c. The text is EBCDIC already.
 * Known simplification: no input, and a message that SCLP refuses is lost.
 */
#include "guest.h"
#include "sclp.h"

enum { WRITE_EVENT_DATA = 0x00760005, WRITE_EVENT_MASK = 0x00780005 };

/* One service call control block, page aligned and below 2 GiB as SCLP demands. */
static uint8_t sccb[4096] __attribute__((aligned(4096)));

static int open;

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
void sclp_write(const char *text, unsigned length)
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
