/*
 * image_show.c - the image of a machine, field by field.
 *
 * Owns: how a value is written. Before: image_file.c. After: image_diff.c, image.c.
 * Every field says its own name, number and size (docs/reference/image.md), so nothing here knows a CPU or a device.
 * Known simplification: the bytes of pages are not shown, only which there are.
 */
#include "console/image.h"

/* ---- one value --------------------------------------------------------------------------------------------------- */

static bool all_alike(const struct image_value *v)
{
	for (unsigned i = 1; i < v->count; i++)
		if (image_value_get(v, i) != image_value_get(v, 0))
			return false;
	return true;
}

static void text_print(const struct image_value *v, FILE *out)
{
	fputc('"', out);
	for (unsigned i = 0; i < v->count && image_value_get(v, i); i++) {
		int c = (int)image_value_get(v, i);
		fputc(c >= ' ' && c < 0x7f ? c : '.', out);
	}
	fputs("\"\n", out);
}

static void number_print(const struct image_value *v, unsigned index, FILE *out)
{
	fprintf(out, " %0*llX", 2 * v->size, (unsigned long long)image_value_get(v, index));
}

static void value_print(const struct image_value *v, FILE *out)
{
	unsigned in_line = v->size == 1 ? 32 : 32 / v->size;

	fprintf(out, "  %-16s ", v->name);
	if (v->flags & IMAGE_FIELD_TEXT) {
		text_print(v, out);
		return;
	}
	if (v->count > in_line && all_alike(v)) {
		number_print(v, 0, out);
		fprintf(out, " (%u times)\n", v->count);
		return;
	}
	for (unsigned i = 0; i < v->count; i++) {
		if (i && i % in_line == 0)
			fprintf(out, "\n%19s", "");
		number_print(v, i, out);
	}
	fputs(v->flags & IMAGE_FIELD_CLOCK ? " (a clock)\n" : "\n", out);
}

/* ---- show -------------------------------------------------------------------------------------------------------- */

static void lines_print(const struct image_part *p, FILE *out)
{
	const uint8_t *at = p->bytes, *end = at + p->size;
	unsigned n = 0;

	for (; at < end; n++)
		at += sizeof(struct image_line) + be16_get(((const struct image_line *)at)->length);
	fprintf(out, "  %u lines\n", n);
}

/* image_file.c has looked at its size. */
static void system_print(const struct image_system *s, FILE *out)
{
	char name[9];

	image_name(name, s->name);
	fprintf(out, "  %s, whose image has %llu bytes and the checksum %08X\n", name,
		(unsigned long long)be64_get(s->bytes), be32_get(s->crc));
}

static void part_print(const struct image_part *p, FILE *out)
{
	struct image_cursor c = {p->bytes, p->bytes + p->size};
	struct image_value v;

	fprintf(out, "%s %04X\n", image_type_name(p->type), p->instance);
	if (p->type == IMAGE_OUTPUT)
		lines_print(p, out);
	else if (p->type == IMAGE_SYSTEM)
		system_print((const struct image_system *)p->bytes, out);
	else if (!image_has_fields(p->type))
		for (uint32_t i = 0, start = 1; i < p->size; start = p->bytes[i++] == '\n')
			fprintf(out, "%s%c", start ? "  " : "", p->bytes[i]);
	else
		while (image_field_next(&c, &v) == IMAGE_MORE)
			value_print(&v, out);
}

static const char *encoding_name(uint8_t encoding)
{
	static const char *const names[] = {[IMAGE_PAGE_ZERO] = "zeros",
					    [IMAGE_PAGE_PLAIN] = "plain",
					    [IMAGE_PAGE_LZ4] = "packed",
					    [IMAGE_PAGE_SYSTEM] = "as the saved system"};

	return names[encoding];
}

/* Pages that follow each other and are alike, in one line. */
static void pages_print(const struct image_file *f, FILE *out)
{
	for (size_t i = 0, n; i < f->page_count; i += n) {
		const struct image_page *p = &f->pages[i];

		for (n = 1; i + n < f->page_count && p[n].number == p->number + n && p[n].key == p->key &&
			    p[n].encoding == p->encoding;)
			n++;
		fprintf(out, "PAGES %010llX-%010llX key %02X %s\n",
			(unsigned long long)p->number * VOLUME_BLOCK,
			(unsigned long long)(p->number + n) * VOLUME_BLOCK - 1, p->key,
			encoding_name(p->encoding));
	}
}

static void disk_print(const struct image_disk *d, FILE *out)
{
	fprintf(out, "DISK %04X %llu blocks, %zu of them not zeros\n", d->number,
		(unsigned long long)d->blocks, d->page_count);
	for (size_t i = 0, n; i < d->page_count; i += n) {
		for (n = 1; i + n < d->page_count && d->pages[i + n].number == d->pages[i].number + n;)
			n++;
		fprintf(out, "BLOCKS %04X %010llX-%010llX\n", d->number,
			(unsigned long long)d->pages[i].number * VOLUME_BLOCK,
			(unsigned long long)(d->pages[i].number + n) * VOLUME_BLOCK - 1);
	}
}

void image_show(const struct image_file *f, FILE *out)
{
	char port[9], userid[9];

	image_name(port, f->header.port);
	image_name(userid, f->header.userid);
	fprintf(out, "IMAGE version %u, %s, user %s, clock %016llX\n", be32_get(f->header.version), port,
		userid, (unsigned long long)be64_get(f->header.tod));
	for (size_t i = 0; i < f->part_count; i++)
		part_print(&f->parts[i], out);
	pages_print(f, out);
	for (size_t i = 0; i < f->disk_count; i++)
		disk_print(&f->disks[i], out);
}
