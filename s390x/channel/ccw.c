/*
 * ccw.c - fetching and checking channel command words, and the channel's way into guest storage.
 *
 * Owns: CCW formats 0 and 1, what makes a CCW invalid, TRANSFER IN CHANNEL, key-controlled protection of the channel's accesses.
 * Before: storage/guest.c. After: transfer.c, program.c. Source: Principles of Operation, chapter 15, "Channel-command word".
 * Heritage: DMKCCW, which copied and translated the whole program because the real channel ran it; here CP is the channel.
 * Simplification: each CCW is fetched when it is needed, whatever the ORB allows to prefetch.
 */
#include <arch/near.h>
#include "ccw.h"

#define PGM_PROTECTION_KEY   0xf0
#define PAGE_FETCH_PROTECTED 0x08

static uint8_t status_of(int rc)
{
	return rc == 0 ? 0 : rc > 0 ? CHANNEL_PROGRAM_CHECK : CHANNEL_CONTROL_CHECK;
}

/* May the channel, with the program's key, touch these bytes? Beyond storage is a program check. */
static uint8_t access_check(struct program *p, uint64_t address, uint32_t n, bool store)
{
	uint64_t size = p->d->vm->storage.size;

	if (address >= size || n > size - address)
		return CHANNEL_PROGRAM_CHECK;
	if (p->key == 0)
		return 0;
	for (uint64_t a = address & PAGE_MASK; a < address + n; a += PAGE_SIZE) {
		struct page *page = storage_page(p->d->vm, a);

		if (!page)
			return CHANNEL_CONTROL_CHECK;
		if ((page->key & PGM_PROTECTION_KEY) >> 4 != p->key &&
		    (store || (page->key & PAGE_FETCH_PROTECTED)))
			return CHANNEL_PROTECTION_CHECK;
	}
	return 0;
}

uint8_t channel_read(struct program *p, uint64_t address, void *buf, uint32_t n)
{
	uint8_t status = access_check(p, address, n, false);

	return status ? status : status_of(guest_read(p->d->vm, address, buf, n));
}

uint8_t channel_write(struct program *p, uint64_t address, const void *buf, uint32_t n)
{
	uint8_t status = access_check(p, address, n, true);

	return status ? status : status_of(guest_write(p->d->vm, address, buf, n));
}

static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void ccw_decode(struct ccw *c, bool format1, const uint8_t *text)
{
	uint32_t first = word(text), second = word(text + 4);

	c->command = first >> 24;
	c->flags = (format1 ? first >> 16 : second >> 24) & 0xff;
	c->count = (format1 ? first : second) & 0xffff;
	c->data = format1 ? second : first & 0xffffff;
}

uint8_t ccw_fetch(struct program *p, uint32_t address, struct ccw *c)
{
	bool format1 = p->orb & ORB_FORMAT_1;
	const uint8_t *near;
	uint8_t text[8], status;

	c->at = address;
	if (address % 8 || (!format1 && address > 0xffffff))
		return CHANNEL_PROGRAM_CHECK;
	near = p->key ? NULL : guest_near(p->d->vm, address);
	status = near ? 0 : channel_read(p, address, text, sizeof(text));
	if (status == 0)
		ccw_decode(c, format1, near ? near : text);
	return status;
}

static bool is_transfer(const struct program *p, const struct ccw *c)
{
	return p->orb & ORB_FORMAT_1 ? c->command == 0x08 : (c->command & 0x0f) == 0x08;
}

/* Format 1 keeps the other fields of TRANSFER IN CHANNEL free for later: they must be zero. */
static bool transfer_valid(const struct program *p, const struct ccw *c)
{
	if (c->data % 8)
		return false;
	return !(p->orb & ORB_FORMAT_1) || (!c->flags && !c->count && c->data < 0x80000000u);
}

/* What is wrong with a CCW that is not a TRANSFER IN CHANNEL. The command of a data-chained one is not looked at. */
static bool ccw_valid(const struct program *p, const struct ccw *c, bool chained)
{
	if (!chained && ((c->command & 0x0f) == 0 || (c->command & 0x0f) == 0x08))
		return false;
	if (c->flags & CCW_MODIFIED_INDIRECT)
		return false;
	if ((c->flags & CCW_SUSPEND) && !(p->orb & ORB_SUSPEND))
		return false;
	if (c->data & 0x80000000u)
		return false;
	if (c->count == 0)
		return (p->orb & ORB_FORMAT_1) && !chained && !(c->flags & CCW_CHAIN_DATA);
	return true;
}

static uint8_t ccw_follow(struct program *p, uint32_t address, bool may_transfer, bool chained, struct ccw *c)
{
	uint8_t status = ccw_fetch(p, address, c);

	if (!status && may_transfer && is_transfer(p, c)) {
		if (!transfer_valid(p, c))
			return CHANNEL_PROGRAM_CHECK;
		status = ccw_fetch(p, c->data, c);
		/* A TRANSFER IN CHANNEL must not lead to another; as an ordinary command X'x8' is invalid too. */
		if (!status && is_transfer(p, c))
			return CHANNEL_PROGRAM_CHECK;
	}
	if (status)
		return status;
	if (!may_transfer && is_transfer(p, c))
		return CHANNEL_PROGRAM_CHECK;
	return ccw_valid(p, c, chained) ? 0 : CHANNEL_PROGRAM_CHECK;
}

uint8_t ccw_current(struct program *p, uint32_t address, bool first, struct ccw *c)
{
	return ccw_follow(p, address, !first, false, c);
}

uint8_t ccw_chain_data(struct program *p, struct ccw *c)
{
	uint8_t command = c->command;
	uint8_t status = ccw_follow(p, c->at + 8, true, true, c);

	c->command = command;
	return status;
}
