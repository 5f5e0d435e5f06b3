/*
 * stream.c - a saved machine as records: written, and read as hostile input.
 *
 * Owns: header, heads of records, the end record with its checksum, the fields' shape. Before it: format.h, docs/reference/image.md. After it:
 * pages.c; save.c and restore.c, which know what is in the records; the host's image tool.
 * Simplification: the checksum is one for the whole image, so that damage is found at the end and not where it is.
 */
#include <cp/crc32.h>
#include <cp/image.h>
#include <cp/string.h>

const char *image_status_text(int status)
{
	switch (status) {
	case IMAGE_DONE:
	case IMAGE_MORE:
		return "it is whole";
	case IMAGE_READ_ERROR:
		return "it cannot be read";
	case IMAGE_FOREIGN:
		return "it is not the image of a machine";
	case IMAGE_TOO_NEW:
		return "it was made by a later version";
	case IMAGE_CUT:
		return "its end is missing";
	case IMAGE_DAMAGED:
		return "its checksum is wrong";
	case IMAGE_UNKNOWN:
		return "it holds a record of an unknown type";
	}
	return "it holds what cannot be";
}

void image_name(char *dst, const uint8_t src[8])
{
	unsigned n = 0;

	for (; n < 8 && src[n] != ' '; n++)
		dst[n] = src[n] > ' ' && src[n] < 0x7f ? (char)src[n] : '?';
	dst[n] = '\0';
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

void image_put(struct image_writer *w, const void *bytes, size_t n)
{
	if (w->result < 0)
		return;
	w->crc = crc32_update(w->crc, bytes, n);
	w->length += n;
	w->result = w->put(w->context, bytes, n);
}

void image_name_put(uint8_t dst[8], const char *name)
{
	memset(dst, ' ', 8);
	for (unsigned n = 0; n < 8 && name[n]; n++)
		dst[n] = (uint8_t)name[n];
}

void image_begin(struct image_writer *w, const char *port, const char *userid, uint64_t tod)
{
	struct image_header h = {.magic = IMAGE_MAGIC,
				 .version = be32_make(IMAGE_VERSION),
				 .length = be32_make(sizeof(h)),
				 .page = be32_make(VOLUME_BLOCK),
				 .tod = be64_make(tod)};

	image_name_put(h.port, port);
	image_name_put(h.userid, userid);
	w->result = 0;
	w->crc = w->records = 0;
	w->length = 0;
	image_put(w, &h, sizeof(h));
}

void image_record(struct image_writer *w, uint16_t type, uint32_t instance, size_t length)
{
	struct image_record head = {be16_make(type), be16_make(IMAGE_RECORD_VERSION), be32_make(instance),
				    be32_make((uint32_t)length)};

	image_put(w, &head, sizeof(head));
	w->records++;
}

int image_finish(struct image_writer *w)
{
	struct image_end end = {.records = be32_make(w->records), .length = be64_make(w->length)};

	image_record(w, IMAGE_END, 0, sizeof(end));
	image_put(w, &end, offsetof(struct image_end, crc));
	end.crc = be32_make(w->crc);
	image_put(w, &end.crc, sizeof(end.crc));
	return w->result < 0 ? w->result : 0;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static int take(struct image_reader *r, void *buf, size_t n)
{
	int got = r->get(r->context, buf, n);

	if (got < 0)
		return IMAGE_READ_ERROR;
	r->crc = crc32_update(r->crc, buf, (size_t)got);
	r->offset += (uint64_t)got;
	return (size_t)got < n ? IMAGE_CUT : IMAGE_MORE;
}

/* Bytes that nobody wants still count in the checksum. */
static int pass_over(struct image_reader *r, uint32_t n)
{
	uint8_t buf[256];
	int status = IMAGE_MORE;

	while (n > 0 && status == IMAGE_MORE) {
		uint32_t piece = n < sizeof(buf) ? n : sizeof(buf);
		status = take(r, buf, piece);
		n -= piece;
	}
	return status;
}

int image_open(struct image_reader *r)
{
	struct image_header *h = &r->header;
	uint32_t length;
	int status;

	r->crc = r->records = r->left = 0;
	r->offset = r->next_page = r->next_block = 0;
	memset(r->next_instance, 0, sizeof(r->next_instance));
	status = take(r, h, sizeof(*h));
	if (status == IMAGE_READ_ERROR)
		return status;
	if (status != IMAGE_MORE || memcmp(h->magic, IMAGE_MAGIC, sizeof(h->magic)) != 0)
		return IMAGE_FOREIGN;
	if (be32_get(h->version) > IMAGE_VERSION)
		return IMAGE_TOO_NEW;
	length = be32_get(h->length);
	if (be32_get(h->version) == 0 || length < sizeof(*h) || length > VOLUME_BLOCK ||
	    be32_get(h->page) != VOLUME_BLOCK)
		return IMAGE_IMPOSSIBLE;
	return pass_over(r, length - (uint32_t)sizeof(*h));
}

/* The limit is for records of no known type, too: they are passed over, not kept. */
static uint32_t record_limit(uint16_t type)
{
	if (type == IMAGE_PAGES || type == IMAGE_BLOCKS)
		return sizeof(struct image_pages) + VOLUME_BLOCK;
	return type == IMAGE_END ? sizeof(struct image_end) : IMAGE_FIELDS_MAX;
}

static bool known(uint16_t type)
{
	return (type >= IMAGE_MACHINE && type <= IMAGE_PAGES) || type == IMAGE_BLOCKS ||
	       type == IMAGE_TERMINAL || type == IMAGE_SYSTEM;
}

/* Several records of one instance make a whole. */
static bool repeats(uint16_t type)
{
	return type == IMAGE_PAGES || type == IMAGE_OUTPUT || type == IMAGE_BLOCKS;
}

bool image_has_fields(uint16_t type)
{
	return known(type) && type != IMAGE_FACILITIES && type != IMAGE_SYSTEM && !repeats(type);
}

/* Instances of a type ascend, and but for those that repeat each is there once. */
static bool in_order(struct image_reader *r)
{
	uint64_t *next = &r->next_instance[r->type & ~IMAGE_OPTIONAL];

	if (r->instance < *next)
		return false;
	*next = (uint64_t)r->instance + !repeats(r->type);
	return true;
}

/* All that was counted on the way must be what the writer counted; and nothing may follow. */
static int end_check(struct image_reader *r, uint64_t before)
{
	struct image_end end;
	uint8_t byte;
	uint32_t crc;
	int status;

	if (r->size != sizeof(end))
		return IMAGE_IMPOSSIBLE;
	status = take(r, &end, offsetof(struct image_end, crc));
	crc = r->crc;
	if (status == IMAGE_MORE)
		status = take(r, &end.crc, sizeof(end.crc));
	if (status != IMAGE_MORE)
		return status;
	if (be32_get(end.crc) != crc)
		return IMAGE_DAMAGED;
	if (be32_get(end.records) != r->records || be64_get(end.length) != before)
		return IMAGE_IMPOSSIBLE;
	r->left = 0;
	status = take(r, &byte, 1);
	return status == IMAGE_CUT ? IMAGE_DONE : status == IMAGE_MORE ? IMAGE_IMPOSSIBLE : status;
}

int image_next(struct image_reader *r)
{
	struct image_record head;
	uint64_t before;
	int status;

	for (;;) {
		status = pass_over(r, r->left);
		before = r->offset;
		if (status == IMAGE_MORE)
			status = take(r, &head, sizeof(head));
		if (status != IMAGE_MORE)
			return status;
		r->type = be16_get(head.type);
		r->version = be16_get(head.version);
		r->instance = be32_get(head.instance);
		r->size = r->left = be32_get(head.length);
		if (r->size > record_limit(r->type))
			return IMAGE_IMPOSSIBLE;
		if (r->type == IMAGE_END)
			return end_check(r, before);
		if (known(r->type) && r->version > IMAGE_RECORD_VERSION)
			return IMAGE_TOO_NEW;
		if ((r->type == IMAGE_MACHINE) != (r->records++ == 0))
			return IMAGE_IMPOSSIBLE;
		if (known(r->type))
			return in_order(r) ? IMAGE_MORE : IMAGE_IMPOSSIBLE;
		if (!(r->type & IMAGE_OPTIONAL))
			return IMAGE_UNKNOWN;
	}
}

int image_get(struct image_reader *r, void *buf, size_t n)
{
	if (n > r->left)
		return IMAGE_IMPOSSIBLE;
	r->left -= (uint32_t)n;
	return take(r, buf, n);
}

/* ---- fields ---------------------------------------------------------------------------------------------------- */

int image_field_next(struct image_cursor *c, struct image_value *v)
{
	size_t left = (size_t)(c->end - c->at), values;
	const struct image_field *f = (const struct image_field *)c->at;

	if (left == 0)
		return IMAGE_DONE;
	if (left < sizeof(*f) || f->name < 1 || f->name > IMAGE_NAME_MAX || left - sizeof(*f) < f->name)
		return IMAGE_IMPOSSIBLE;
	if (f->size != 1 && f->size != 2 && f->size != 4 && f->size != 8)
		return IMAGE_IMPOSSIBLE;
	*v = (struct image_value){
		.id = be16_get(f->id), .count = be16_get(f->count), .size = f->size, .flags = f->flags};
	values = (size_t)v->count * v->size;
	if (v->id == 0 || v->count == 0 || left - sizeof(*f) - f->name < values)
		return IMAGE_IMPOSSIBLE;
	for (unsigned i = 0; i < f->name; i++) {
		uint8_t ch = c->at[sizeof(*f) + i];
		if (ch <= ' ' || ch >= 0x7f)
			return IMAGE_IMPOSSIBLE;
		v->name[i] = (char)ch;
	}
	v->values = c->at + sizeof(*f) + f->name;
	c->at = v->values + values;
	return IMAGE_MORE;
}

uint64_t image_value_get(const struct image_value *v, unsigned index)
{
	const uint8_t *p = v->values + (size_t)index * v->size;

	switch (v->size) {
	case 1:
		return *p;
	case 2:
		return be16_get(*(const struct be16 *)p);
	case 4:
		return be32_get(*(const struct be32 *)p);
	default:
		return be64_get(*(const struct be64 *)p);
	}
}
