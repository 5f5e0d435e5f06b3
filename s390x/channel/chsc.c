/*
 * chsc.c - CHANNEL SUBSYSTEM CALL: questions about subchannels and paths.
 *
 * Owns: the few commands an operating system needs at start. Before: subchannel.c. After: instruction.c (CHSC).
 * The commands are not in the Principles of Operation; their blocks are known from how Linux uses them (drivers/s390/cio/chsc.c).
 * Simplification: no events, no facility can be switched on, and every optional characteristic is absent.
 */
#include <cp/string.h>
#include "channel.h"

/* A block: request at 0 (length, code), response at 16 (length, code), data at 24. */
#define RESPONSE     16
#define DATA         24
#define REQUEST_SIZE 16

enum response {
	RESPONSE_DONE = 1,
	RESPONSE_ERROR = 3,         /* in the request block */
	RESPONSE_NOT_INSTALLED = 4, /* no such command here */
	RESPONSE_NO_EVENT = 5,
	RESPONSE_FORMAT = 7,
};

#define SSD_SIZE                     32 /* subchannel description */
#define SSD_MOST                     ((CHSC_SIZE - DATA) / SSD_SIZE)
#define SSD_SUBCHANNEL_VALID         0x80
#define SSD_DEVICE_VALID             0x40
#define CHANNEL_CHARACTERISTICS_SIZE (CHSC_SIZE - DATA)
#define PATH_DESCRIPTION_SIZE        8

static uint16_t half_get(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void half_put(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static uint16_t chsc_length(const uint8_t *block)
{
	return half_get(block);
}

bool chsc_valid(const uint8_t *block)
{
	uint16_t length = chsc_length(block);

	return length >= REQUEST_SIZE && length % 8 == 0 && length <= CHSC_SIZE - 8;
}

static void respond(uint8_t *block, enum response code, uint32_t data)
{
	half_put(block + RESPONSE, (uint16_t)(8 + data));
	half_put(block + RESPONSE + 2, (uint16_t)code);
	memset(block + RESPONSE + 4, 0, 4);
}

/* X'0010' Store channel-subsystem characteristics: nothing optional is there. */
static void store_characteristics(struct vm *vm, uint8_t *block)
{
	(void)vm;
	memset(block + DATA, 0, CHANNEL_CHARACTERISTICS_SIZE);
	respond(block, RESPONSE_DONE, CHANNEL_CHARACTERISTICS_SIZE);
}

static void describe_subchannel(struct vm *vm, uint16_t number, uint8_t *p)
{
	struct device *d = subchannel_find(vm, 0x00010000u | number);

	memset(p, 0, SSD_SIZE);
	half_put(p + 6, number);
	if (!d)
		return;
	p[0] = SSD_SUBCHANNEL_VALID | SSD_DEVICE_VALID;
	p[1] = (uint8_t)d->vdev; /* unit address */
	half_put(p + 2, d->vdev);
	p[4] = p[5] = PATH; /* paths that exist, and those with a link address; both of path 0 are 0 */
}

/* X'0004' Store subchannel description: first at 6, last at 10. */
static void store_subchannels(struct vm *vm, uint8_t *block)
{
	uint16_t first = half_get(block + 6), last = half_get(block + 10);
	uint32_t count = (uint32_t)last - first + 1;

	if (block[5] & 0x30 || last < first || count > SSD_MOST) {
		respond(block, RESPONSE_ERROR, 0);
		return;
	}
	for (uint32_t n = 0; n < count; n++)
		describe_subchannel(vm, (uint16_t)(first + n), block + DATA + n * SSD_SIZE);
	respond(block, RESPONSE_DONE, count * SSD_SIZE);
}

/* X'0002' Store channel-path description: format in bits 4-7 of byte 4 and 4-7 of byte 6, first path at 7, last at 11. */
static void store_paths(struct vm *vm, uint8_t *block)
{
	uint8_t first = block[7], last = block[11];
	uint32_t count = (uint32_t)last - first + 1;

	(void)vm;
	if ((block[4] & 0x1f) || (block[6] & 0x0f)) {
		respond(block, RESPONSE_FORMAT, 0);
		return;
	}
	if (last < first) {
		respond(block, RESPONSE_ERROR, 0);
		return;
	}
	memset(block + DATA, 0, count * PATH_DESCRIPTION_SIZE);
	for (uint32_t n = 0; n < count; n++)
		block[DATA + n * PATH_DESCRIPTION_SIZE + 3] = (uint8_t)(first + n);
	if (first == 0)
		block[DATA] = 0x80; /* path 0 is there */
	respond(block, RESPONSE_DONE, count * PATH_DESCRIPTION_SIZE);
}

/* X'000E' Store event information: nothing ever happens. */
static void store_event(struct vm *vm, uint8_t *block)
{
	(void)vm;
	respond(block, RESPONSE_NO_EVENT, 0);
}

static const struct {
	uint16_t code;
	void (*run)(struct vm *vm, uint8_t *block);
} commands[] = {
	{0x0002, store_paths},
	{0x0004, store_subchannels},
	{0x000e, store_event},
	{0x0010, store_characteristics},
};

void chsc_command(struct vm *vm, uint8_t *block)
{
	uint16_t code = half_get(block + 2);

	if (chsc_length(block) != REQUEST_SIZE && code <= 0x0010) {
		respond(block, RESPONSE_ERROR, 0);
		return;
	}
	for (size_t n = 0; n < ARRAY_SIZE(commands); n++)
		if (commands[n].code == code) {
			commands[n].run(vm, block);
			return;
		}
	/* The response stands after the request, however long that is. */
	respond(block + chsc_length(block) - REQUEST_SIZE, RESPONSE_NOT_INSTALLED, 0);
}
