/*
 * sclp.c - the service-call console: text lines to and from whoever operates
 * the machine; and how much storage there is.
 *
 * Before it: nothing at all: this is the first voice of CP, and the last one
 * in a panic. After it: cp/io/line.c, as the operator's line.
 * Two ways of working: polled (sclp_putc), where CP waits for each service
 * signal on the spot; and interrupt-driven, where sclp_interrupt() starts
 * the next thing. One request at a time: SCLP takes no more.
 * Known simplification: no ASCII (VT220) console, no quiesce signal.
 * Source: the layout of requests is that of the line-mode console interface
 * which QEMU, Hercules and LPARs share.
 */
#include <arch/io.h>
#include <arch/psw.h>
#include <cp/format.h>
#include <cp/line.h>
#include <cp/string.h>
#include "css.h"

#define SCLP_READ_INFO   0x00020001u
#define SCLP_READ_EVENT  0x00770005u
#define SCLP_WRITE_EVENT 0x00760005u
#define SCLP_WRITE_MASK  0x00780005u

#define EVENT_COMMAND 0x80000000u /* the operator typed a command */
#define EVENT_MESSAGE 0x40000000u /* a message to the operator */

#define SCLP_PENDING 0x00000001u /* of the interruption parameter: events wait to be read */
#define SCLP_BLOCK   0xfffffff8u /* and which request has been done */

#define CPU_SIE 0x48 /* interprets XA guests and later ones; intercepts in the new format */

#define LINE_MAX          1000 /* of one message; longer lines are cut into several */
#define EARLY_MAX         2048
#define INPUT_GDS         0x1320
#define INPUT_GDS_SWAPPED 0x2013 /* QEMU on a little-endian host */

/* Service-call control blocks: one page each, below 2 GiB. */
struct sccb {
	uint16_t length;
	uint8_t function;
	uint8_t control[3]; /* [2] 0x80: the answer's length may vary */
	uint16_t response;
	uint8_t data[PAGE_SIZE - 8];
} __attribute__((aligned(4096)));

struct mask_data {
	uint16_t reserved, size;
	uint32_t receive, send, sclp_receive, sclp_send;
};

/* A message event: header, message block with a general and one text object. */
struct message_event {
	uint16_t length;
	uint8_t type, flags;
	uint16_t reserved;
	uint16_t block_length, block_type;
	uint8_t block_tag[4];
	uint32_t block_revision;
	uint16_t general_length, general_type;
	uint8_t general[52];
	uint16_t text_length, text_type, text_flags;
	uint8_t text_reserved[4];
	char text[LINE_MAX];
} __attribute__((packed));

enum sclp_state { SCLP_IDLE, SCLP_BUSY, SCLP_WRITING, SCLP_READING };

static struct sccb polled_block, block;
static enum sclp_state state;
static uint32_t request; /* what `block` holds */
static bool events;      /* SCLP has said that there is something to read */
static struct line line;

/* ---- the instruction, and waiting for it on the spot ------------------------------------- */

static int service_call(uint32_t command, struct sccb *sccb)
{
	int cc;

	__asm__ volatile(".insn rre,0xb2200000,%1,%2\n ipm %0\n srl %0,28"
			 : "=d"(cc)
			 : "d"(command), "d"(sccb)
			 : "cc", "memory");
	return cc;
}

/*
 * Waits for one service signal and returns its parameter, whatever CP's own
 * interruption handlers do: the external new PSW leads to label 1 below for
 * the time of the wait, and CR0 lets nothing else through (nor protects low
 * storage). All registers stay as they are; only the PSW changes.
 */
static uint32_t service_wait(void)
{
	volatile struct psw *const external_new = (volatile struct psw *)0x1b0;
	struct psw saved = {external_new->mask, external_new->address};
	struct psw wait = {PSW_EXTERNAL | PSW_WAIT | PSW_EA | PSW_BA, 0};
	uint64_t cr0, open = CR0_SERVICE_SIGNAL, landing;

	__asm__ volatile("stctg %%c0,%%c0,%0\n lctlg %%c0,%%c0,%1" : "=Q"(cr0) : "Q"(open) : "memory");
	external_new->mask = PSW_EA | PSW_BA;
	__asm__ volatile("larl %0,1f\n"
			 " stg %0,%1\n"
			 " lpswe %2\n"
			 "1:"
			 : "=&d"(landing), "=Q"(external_new->address)
			 : "Q"(wait)
			 : "cc", "memory");
	external_new->mask = saved.mask;
	external_new->address = saved.address;
	__asm__ volatile("lctlg %%c0,%%c0,%0" : : "Q"(cr0) : "memory");
	return *(volatile uint32_t *)0x80;
}

/* A request from start to end, past whatever else SCLP was doing. */
static uint16_t service_polled(uint32_t command, struct sccb *sccb)
{
	uint32_t parameter;
	int cc;

	while ((cc = service_call(command, sccb)) == 2)
		events |= service_wait() & SCLP_PENDING;
	if (cc)
		return 0;
	do {
		parameter = service_wait();
		events |= parameter & SCLP_PENDING;
	} while ((parameter & SCLP_BLOCK) != channel_address(sccb));
	return sccb->response;
}

static void sccb_clear(struct sccb *sccb, uint16_t length)
{
	memset(sccb, 0, length);
	sccb->length = length;
}

/* ---- output ------------------------------------------------------------------------------- */

/* Lengths count from their own start to the end of the text. text is ASCII. */
static void message_build(struct sccb *sccb, const char *text, size_t length)
{
	struct message_event *e = (struct message_event *)sccb->data;
	const uint16_t total = (uint16_t)(offsetof(struct message_event, text) + length);

	sccb_clear(sccb, (uint16_t)(8 + total));
	e->length = total;
	e->type = 2;
	e->block_length = (uint16_t)(total - offsetof(struct message_event, block_length));
	e->block_type = 1;
	memcpy(e->block_tag, "\xd4\xc4\xc2\x40", 4); /* "MDB " */
	e->block_revision = 1;
	e->general_length = 56;
	e->general_type = 1;
	e->text_length = (uint16_t)(total - offsetof(struct message_event, text_length));
	e->text_type = 4;
	e->text_flags = 0x1000; /* end of line */
	memcpy(e->text, text, length);
	ascii_to_ebcdic(e->text, length);
}

/*
 * What CP says before the operator's line has been found, for that line: he
 * may sit at a 3215 and never see the hardware console.
 */
static char early[EARLY_MAX];
static size_t early_length;

void sclp_repeat(struct line *l)
{
	size_t from = 0;

	for (size_t i = 0; i < early_length; i++) {
		if (early[i] != '\n')
			continue;
		line_write(l, early + from, i - from);
		from = i + 1;
	}
	early_length = 0;
}

void sclp_putc(char c)
{
	static char text[LINE_MAX];
	static size_t length;

	if (early_length < sizeof(early))
		early[early_length++] = c;
	if (c != '\n' && length < sizeof(text))
		text[length++] = c;
	if (c != '\n' && length < sizeof(text))
		return;
	message_build(&polled_block, text, length);
	service_polled(SCLP_WRITE_EVENT, &polled_block);
	length = 0;
}

/* ---- interrupt-driven: the operator's line ---------------------------------------------------- */

/* cc 2: an interruption is on its way, and sclp_interrupt() tries again. */
static void sclp_go(uint32_t command)
{
	int cc = service_call(command, &block);

	request = command;
	if (cc == 0)
		state = command == SCLP_READ_EVENT ? SCLP_READING : SCLP_WRITING;
	else
		state = cc == 2 ? SCLP_BUSY : SCLP_IDLE;
}

static void sclp_next(void)
{
	char text[LINE_MAX];
	bool ended;
	int length;

	if (state != SCLP_IDLE)
		return;
	if (events && line_room(&line)) {
		events = false;
		sccb_clear(&block, PAGE_SIZE);
		block.control[2] = 0x80;
		sclp_go(SCLP_READ_EVENT);
		return;
	}
	length = line_output_line(&line, text, sizeof(text), &ended);
	if (length < 0)
		return;
	message_build(&block, text, (size_t)length);
	sclp_go(SCLP_WRITE_EVENT);
}

static void sclp_start(struct line *l)
{
	(void)l;
	sclp_next();
}

static uint16_t half(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/*
 * The command's text stands behind the last of several nested headers. Those
 * headers' own lengths differ between machines, so only the innermost id is
 * looked for; the text goes from 6 bytes after it to the event's end.
 */
static void command_event(const uint8_t *event, size_t length)
{
	for (size_t i = 6; i + 6 <= length; i++) {
		char text[LINE_INPUT_MAX];
		size_t n = length - (i + 6);
		uint16_t id = half(event + i);

		if (id != INPUT_GDS && id != INPUT_GDS_SWAPPED)
			continue;
		if (n > sizeof(text))
			n = sizeof(text);
		memcpy(text, event + i + 6, n);
		ebcdic_to_ascii(text, n);
		line_input(&line, text, n);
		return;
	}
}

static void events_read(void)
{
	size_t end = block.length < PAGE_SIZE ? block.length : PAGE_SIZE;
	const uint8_t *base = (const uint8_t *)&block;
	size_t at = 8;

	while (at + 6 <= end) {
		size_t length = half(base + at);

		if (length < 6 || length > end - at)
			return;
		if ((base[at + 2] & 0x7f) == 1)
			command_event(base + at, length);
		at += length;
	}
}

void sclp_interrupt(uint32_t parameter)
{
	enum sclp_state was = state;

	if (parameter & SCLP_PENDING)
		events = true;
	if ((parameter & SCLP_BLOCK) == channel_address(&block)) {
		state = SCLP_IDLE;
		if (was == SCLP_READING && (block.response & 0xff) == 0x20)
			events_read();
	}
	if (state == SCLP_BUSY)
		sclp_go(request);
	else if (line.driver)
		sclp_next();
}

/* ---- start ------------------------------------------------------------------------------------- */

void sclp_init(void)
{
	struct mask_data *m = (struct mask_data *)polled_block.data;

	sccb_clear(&polled_block, 8 + sizeof(*m));
	m->size = 4;
	m->receive = EVENT_COMMAND;
	m->send = EVENT_MESSAGE;
	service_polled(SCLP_WRITE_MASK, &polled_block);
}

/* Increments: number at +8 (or, when 0, at +104), size in MiB at +10 (or at +100). */
uint64_t sclp_storage_size(void)
{
	const uint8_t *b = (const uint8_t *)&polled_block;
	uint64_t count, size;

	sccb_clear(&polled_block, PAGE_SIZE);
	if (service_polled(SCLP_READ_INFO, &polled_block) >> 8 == 0xff)
		return 0;
	count = half(b + 8);
	size = b[10];
	if (!size)
		size = *(const uint32_t *)(b + 100);
	if (!count)
		count = *(const uint64_t *)(b + 104);
	return count * size << 20;
}

/* The answer once more: the first CPU's entry stands where the halfword at +18 says; its features begin at +2. */
bool sclp_sie(void)
{
	const uint8_t *b = (const uint8_t *)&polled_block;
	unsigned at = half(b + 18);

	return at && at < PAGE_SIZE - 16 && (b[at + 2] & CPU_SIE) == CPU_SIE;
}

static const struct line_driver sclp_driver = {.name = "SCLP", .start = sclp_start};

void sclp_probe(void)
{
	if (line_find(0))
		return;
	line.driver = &sclp_driver;
	line_register(&line);
	line_opened(&line);
	sclp_next();
}
