/*
 * transfer.c - the data of one operation: data chaining and indirect addresses.
 *
 * Owns: walking the storage areas that a CCW, the CCWs data-chained to it and their indirect-data-address words (IDAWs) name.
 * Before: ccw.c. After: program.c. Source: Principles of Operation, chapter 15, "Data chaining", "Indirect-data-address word".
 * Simplification: data is collected in CP first, so an error in the middle of an output operation is found before the device moves.
 */
#include "ccw.h"

/* Where the walk stands. */
struct walk {
	struct program *p;
	struct ccw c;
	uint32_t left; /* of the CCW's count */
	uint64_t list; /* next IDAW */
	bool first;    /* the next IDAW is the first of its CCW */
	uint32_t data; /* next byte, without IDAWs */
};

static void walk_ccw(struct walk *w)
{
	w->left = w->c.count;
	w->data = w->c.data;
	w->list = w->c.data;
	w->first = true;
}

static uint32_t idaw_block(const struct program *p)
{
	return (p->orb & ORB_IDAW_64) && !(p->orb & ORB_IDAW_2K) ? 4096 : 2048;
}

/* The next IDAW: 8 bytes in format 2, 4 in format 1; all but the first stand on a block boundary. */
static uint8_t idaw_fetch(struct walk *w, uint64_t *address)
{
	bool wide = w->p->orb & ORB_IDAW_64;
	uint32_t size = wide ? 8 : 4;
	uint8_t text[8], status;

	if (w->list % size)
		return CHANNEL_PROGRAM_CHECK;
	status = channel_read(w->p, w->list, text, size);
	if (status)
		return status;
	*address = 0;
	for (uint32_t i = 0; i < size; i++)
		*address = *address << 8 | text[i];
	if ((!wide && *address > 0x7fffffff) || (!w->first && *address % idaw_block(w->p)))
		return CHANNEL_PROGRAM_CHECK;
	w->list += size;
	w->first = false;
	return 0;
}

/* The next run of storage, of at most n bytes. */
static uint8_t walk_area(struct walk *w, uint32_t n, uint64_t *address, uint32_t *length)
{
	uint32_t room = UINT32_MAX;
	uint8_t status;

	if (w->left == 0) {
		status = ccw_chain_data(w->p, &w->c);
		if (status)
			return status;
		walk_ccw(w);
	}
	if (w->c.flags & CCW_INDIRECT) {
		status = idaw_fetch(w, address);
		if (status)
			return status;
		room = idaw_block(w->p) - (uint32_t)(*address % idaw_block(w->p));
	} else {
		*address = w->data;
	}
	*length = w->left < n ? w->left : n;
	if (*length > room)
		*length = room;
	w->left -= *length;
	w->data += *length;
	return 0;
}

static uint8_t transfer(struct program *p, const struct ccw *c, uint8_t *buf, uint32_t n, uint32_t *moved,
			bool in)
{
	struct walk w = {.p = p, .c = *c};
	uint64_t address;
	uint32_t length;
	uint8_t status = 0;

	walk_ccw(&w);
	for (*moved = 0; *moved < n; *moved += length) {
		status = walk_area(&w, n - *moved, &address, &length);
		if (!status && in && !(w.c.flags & CCW_SKIP))
			status = channel_write(p, address, buf + *moved, length);
		else if (!status && !in)
			status = channel_read(p, address, buf + *moved, length);
		if (status)
			break;
	}
	return status;
}

uint8_t transfer_out(struct program *p, const struct ccw *c, uint8_t *buf, uint32_t n, uint32_t *moved)
{
	return transfer(p, c, buf, n, moved, false);
}

uint8_t transfer_in(struct program *p, const struct ccw *c, const uint8_t *buf, uint32_t n, uint32_t *moved)
{
	uint8_t status;

	if (!(c->flags & CCW_MORE_AREAS) && n <= c->count) {
		status = c->flags & CCW_SKIP ? 0 : channel_write(p, c->data, buf, n);
		*moved = status ? 0 : n;
		return status;
	}
	return transfer(p, c, (uint8_t *)buf, n, moved, true);
}

/* Errors are found again, and reported, when the data gets there. */
static bool chain_total(struct program *p, struct ccw c, uint32_t *total)
{
	unsigned ccws = 0;

	while ((c.flags & CCW_CHAIN_DATA) && !ccw_chain_data(p, &c)) {
		*total += c.count;
		if (*total > TRANSFER_MAX || ++ccws > TRANSFER_CCWS)
			return false;
	}
	return true;
}

bool transfer_total(struct program *p, const struct ccw *c, uint32_t *total)
{
	*total = c->count;
	return !(c->flags & CCW_CHAIN_DATA) || chain_total(p, *c, total);
}

uint8_t transfer_end(struct program *p, struct ccw *c, uint32_t n, uint32_t *residual)
{
	uint8_t status = 0;

	/* The next CCW is fetched as soon as a count is used up, so a full CCW with data chaining is never the last. */
	while ((c->flags & CCW_CHAIN_DATA) && n >= c->count && !status) {
		n -= c->count;
		p->channel |= c->flags & CCW_PCI ? CHANNEL_PCI : 0;
		status = ccw_chain_data(p, c);
	}
	p->channel |= c->flags & CCW_PCI ? CHANNEL_PCI : 0;
	*residual = status ? 0 : c->count - (n < c->count ? n : c->count);
	return status;
}
