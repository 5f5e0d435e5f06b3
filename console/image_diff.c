/*
 * image_diff.c - two images of machines compared, field by field and page by page.
 *
 * Owns: what counts as the same. Before: image_file.c, image_show.c. After: image.c.
 * Every field says its own name, number and size (docs/reference/image.md), so nothing here knows a CPU or a device.
 * Known simplification: of pages that differ only the first byte that does is told.
 */
#include "console/image.h"

#include <string.h>

static const struct image_part *part_find(const struct image_file *f, const struct image_part *like)
{
	return image_part_find(f, like->type, like->instance);
}

static size_t values_compare(const struct image_part *p, const struct image_value *a,
			     const struct image_value *b, FILE *out)
{
	size_t differ = 0;

	for (unsigned i = 0; i < a->count || i < b->count; i++) {
		uint64_t x = i < a->count ? image_value_get(a, i) : 0,
			 y = i < b->count ? image_value_get(b, i) : 0;

		if (x == y)
			continue;
		differ++;
		fprintf(out, "%s %04X %s", image_type_name(p->type), p->instance, a->name);
		if (a->count > 1)
			fprintf(out, "[%u]", i);
		fprintf(out, ": %0*llX | %0*llX\n", 2 * a->size, (unsigned long long)x, 2 * b->size,
			(unsigned long long)y);
	}
	return a->flags & IMAGE_FIELD_CLOCK ? 0 : differ;
}

static size_t fields_compare(const struct image_part *a, const struct image_part *b, FILE *out)
{
	struct image_cursor c = {a->bytes, a->bytes + a->size};
	struct image_value v, w;
	size_t differ = 0;

	while (image_field_next(&c, &v) == IMAGE_MORE) {
		if (image_field_find(b, v.id, &w)) {
			differ += values_compare(a, &v, &w, out);
			continue;
		}
		fprintf(out, "%s %04X %s: only in the first\n", image_type_name(a->type), a->instance,
			v.name);
		differ++;
	}
	c = (struct image_cursor){b->bytes, b->bytes + b->size};
	while (image_field_next(&c, &v) == IMAGE_MORE)
		if (!image_field_find(a, v.id, &w)) {
			fprintf(out, "%s %04X %s: only in the second\n", image_type_name(a->type),
				a->instance, v.name);
			differ++;
		}
	return differ;
}

static size_t parts_compare(const struct image_part *a, const struct image_part *b, FILE *out)
{
	if (image_has_fields(a->type))
		return fields_compare(a, b, out);
	if (a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0)
		return 0;
	fprintf(out, "%s %04X: differs\n", image_type_name(a->type), a->instance);
	return 1;
}

/* Records of `a` that `b` has not. */
static size_t parts_missing(const struct image_file *a, const struct image_file *b, const char *where,
			    FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < a->part_count; i++)
		if (!part_find(b, &a->parts[i])) {
			fprintf(out, "%s %04X: only in the %s\n", image_type_name(a->parts[i].type),
				a->parts[i].instance, where);
			n++;
		}
	return n;
}

static bool of_system(const struct image_page *p)
{
	return p->encoding == IMAGE_PAGE_SYSTEM;
}

/* A page that is not there is all zeros, with the key 0; or, in both, as the same saved system has it. `of`: what it is a page of. */
static size_t page_compare(const char *of, uint64_t number, const struct image_page *a,
			   const struct image_page *b, FILE *out)
{
	static const uint8_t zeros[VOLUME_BLOCK];
	const uint8_t *x = a && a->bytes ? a->bytes : zeros, *y = b && b->bytes ? b->bytes : zeros;
	uint8_t key_a = a ? a->key : 0, key_b = b ? b->key : 0;
	unsigned long long address = number * VOLUME_BLOCK;
	unsigned at = 0;

	if (a && b && of_system(a) != of_system(b)) {
		fprintf(out, "%s %010llX: as the saved system has it in the %s alone\n", of, address,
			of_system(a) ? "first" : "second");
		return 1;
	}
	while (at < VOLUME_BLOCK && x[at] == y[at])
		at++;
	if (at < VOLUME_BLOCK)
		fprintf(out, "%s %010llX: byte %03X %02X | %02X\n", of, address, at, x[at], y[at]);
	if (key_a != key_b)
		fprintf(out, "%s %010llX: key %02X | %02X\n", of, address, key_a, key_b);
	return at < VOLUME_BLOCK || key_a != key_b;
}

/* Ascending by their numbers. */
struct pages {
	const struct image_page *at;
	size_t count;
};

static uint64_t number_at(struct pages p, size_t n)
{
	return n < p.count ? p.at[n].number : UINT64_MAX;
}

static size_t pages_compare(const char *of, struct pages a, struct pages b, FILE *out)
{
	size_t i = 0, k = 0, differ = 0;

	while (i < a.count || k < b.count) {
		uint64_t x = number_at(a, i), y = number_at(b, k);

		differ += page_compare(of, x < y ? x : y, x <= y ? &a.at[i] : NULL, y <= x ? &b.at[k] : NULL,
				       out);
		i += x <= y;
		k += y <= x;
	}
	return differ;
}

static const struct image_disk *disk_find(const struct image_file *f, uint32_t number)
{
	for (size_t i = 0; i < f->disk_count; i++)
		if (f->disks[i].number == number)
			return &f->disks[i];
	return NULL;
}

static size_t disk_compare(const struct image_disk *a, const struct image_disk *b, FILE *out)
{
	char of[16];

	if (a->blocks != b->blocks) {
		fprintf(out, "DISK %04X: another size\n", a->number);
		return 1;
	}
	snprintf(of, sizeof(of), "DISK %04X", a->number);
	return pages_compare(of, (struct pages){a->pages, a->page_count},
			     (struct pages){b->pages, b->page_count}, out);
}

/* Disks of `a`: compared with those of `b` (once, for the first), or missing there. */
static size_t disks_compare(const struct image_file *a, const struct image_file *b, const char *where,
			    bool contents, FILE *out)
{
	size_t differ = 0;

	for (size_t i = 0; i < a->disk_count; i++) {
		const struct image_disk *other = disk_find(b, a->disks[i].number);

		if (other && contents)
			differ += disk_compare(&a->disks[i], other, out);
		if (!other)
			fprintf(out, "DISK %04X: only in the %s\n", a->disks[i].number, where);
		differ += !other;
	}
	return differ;
}

size_t image_compare(const struct image_file *a, const struct image_file *b, FILE *out)
{
	size_t differ = 0;

	if (memcmp(a->header.port, b->header.port, 8) != 0 ||
	    memcmp(a->header.userid, b->header.userid, 8) != 0) {
		fprintf(out, "IMAGE: of another user, or another kind of machine\n");
		differ++;
	}
	for (size_t i = 0; i < a->part_count; i++) {
		const struct image_part *other = part_find(b, &a->parts[i]);

		if (other)
			differ += parts_compare(&a->parts[i], other, out);
	}
	differ += parts_missing(a, b, "first", out) + parts_missing(b, a, "second", out);
	differ += pages_compare("PAGE", (struct pages){a->pages, a->page_count},
				(struct pages){b->pages, b->page_count}, out);
	differ += disks_compare(a, b, "first", true, out);
	return differ + disks_compare(b, a, "second", false, out);
}
