/*
 * lz4.c - the block format of LZ4: literals and copies of what came before.
 *
 * Owns: both directions. Before it: nothing. After it: snapshot/, which writes pages of saved machines; the host's image tool.
 * Source: lz4_Block_format.md of the LZ4 project (Y. Collet), a description of the bytes. A block is a row of sequences: a token, whose
 * halves are two lengths (15: more follows, in bytes that end with one below 255), literals, and a distance of two bytes, low one first. The
 * last sequence ends after its literals.
 * Simplification: the search looks at one earlier place for each four bytes, the last with their hash. That finds the zeros and the
 * repeated tables of which a guest's pages are full, and takes no second look.
 */
#include <cp/lz4.h>
#include <cp/string.h>

#define MATCH_MIN    4  /* a copy is at least so long; the token counts what is more */
#define LITERALS_END 5  /* a block ends with so many literals at least, */
#define MATCH_END    12 /* and no copy begins closer to its end */
#define LENGTH_MORE  15 /* in a token's half: the length goes on */

/* ---- compressing ---------------------------------------------------------------------------------------------- */

struct out {
	uint8_t *at, *end;
};

static uint32_t word_at(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static unsigned hash(uint32_t word)
{
	return (word * 2654435761u) >> 22;
}

static bool put(struct out *o, uint8_t byte)
{
	if (o->at == o->end)
		return false;
	*o->at++ = byte;
	return true;
}

static bool put_length(struct out *o, size_t length)
{
	if (length < LENGTH_MORE)
		return true;
	for (length -= LENGTH_MORE; length >= 255; length -= 255)
		if (!put(o, 255))
			return false;
	return put(o, (uint8_t)length);
}

static uint8_t half(size_t length)
{
	return length < LENGTH_MORE ? (uint8_t)length : LENGTH_MORE;
}

/* match 0: the last sequence. */
static bool put_sequence(struct out *o, const uint8_t *literals, size_t count, size_t distance, size_t match)
{
	size_t more = match ? match - MATCH_MIN : 0;

	if (!put(o, (uint8_t)(half(count) << 4 | half(more))) || !put_length(o, count) ||
	    (size_t)(o->end - o->at) < count)
		return false;
	memcpy(o->at, literals, count);
	o->at += count;
	return !match ||
	       (put(o, (uint8_t)distance) && put(o, (uint8_t)(distance >> 8)) && put_length(o, more));
}

static size_t match_length(const uint8_t *a, const uint8_t *b, const uint8_t *end)
{
	const uint8_t *from = b;

	while (b < end && *a == *b)
		a++, b++;
	return (size_t)(b - from);
}

size_t lz4_compress(const void *from, size_t n, void *to, size_t room, uint16_t table[LZ4_TABLE])
{
	const uint8_t *in = from, *end = in + n, *done = in;
	struct out o = {to, (uint8_t *)to + room};

	if (n > LZ4_INPUT_MAX)
		return 0;
	memset(table, 0, LZ4_TABLE * sizeof(*table));
	for (const uint8_t *at = in + 1; n > MATCH_END && at <= end - MATCH_END;) {
		uint16_t *place = &table[hash(word_at(at))];
		const uint8_t *before = in + *place;
		size_t match;

		*place = (uint16_t)(at - in);
		if (before >= at || word_at(before) != word_at(at)) {
			at++;
			continue;
		}
		match = match_length(before, at, end - LITERALS_END);
		if (!put_sequence(&o, done, (size_t)(at - done), (size_t)(at - before), match))
			return 0;
		done = at += match;
	}
	return put_sequence(&o, done, (size_t)(end - done), 0, 0) ? (size_t)(o.at - (uint8_t *)to) : 0;
}

/* ---- expanding -------------------------------------------------------------------------------------------------- */

struct in {
	const uint8_t *at, *end;
};

/* The rest of a length that does not go into its half of the token; false: the block ends in it, or it is beyond all sense. */
static bool get_length(struct in *i, size_t *length)
{
	uint8_t byte = 255;

	if (*length < LENGTH_MORE)
		return true;
	while (byte == 255) {
		if (i->at == i->end || *length > LZ4_INPUT_MAX)
			return false;
		byte = *i->at++;
		*length += byte;
	}
	return true;
}

static bool get_literals(struct in *i, struct out *o, size_t length)
{
	if (length > (size_t)(i->end - i->at) || length > (size_t)(o->end - o->at))
		return false;
	memcpy(o->at, i->at, length);
	i->at += length;
	o->at += length;
	return true;
}

/* Byte by byte, for a copy may run into what it makes. */
static bool get_match(struct in *i, struct out *o, size_t length, const uint8_t *begin)
{
	size_t distance;

	if (i->end - i->at < 2)
		return false;
	distance = (size_t)(i->at[0] | i->at[1] << 8);
	i->at += 2;
	if (!get_length(i, &length) || distance == 0 || distance > (size_t)(o->at - begin))
		return false;
	length += MATCH_MIN;
	if (length > (size_t)(o->end - o->at))
		return false;
	for (; length > 0; length--, o->at++)
		*o->at = *(o->at - distance);
	return true;
}

bool lz4_expand(const void *from, size_t n, void *to, size_t size)
{
	struct in i = {from, (const uint8_t *)from + n};
	struct out o = {to, (uint8_t *)to + size};

	while (i.at < i.end) {
		uint8_t token = *i.at++;
		size_t literals = token >> 4;

		if (!get_length(&i, &literals) || !get_literals(&i, &o, literals))
			return false;
		if (i.at == i.end)
			return o.at == o.end;
		if (!get_match(&i, &o, token & 15, to))
			return false;
	}
	return false;
}
