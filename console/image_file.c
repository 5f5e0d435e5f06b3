/*
 * image_file.c - reading the image of a machine.
 *
 * Owns: an image in storage: its records and its pages, each looked at as RESTORE would. Before: cp/snapshot/stream.c, which reads for CP, too.
 * After: image_show.c, image.c.
 * Known simplification: all of it is in storage at once, pages expanded; so an image of more than PAGES_MAX is not looked into.
 */
#include "console/image.h"
#include "vm40.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *image_type_name(uint16_t type)
{
	static const char *const names[IMAGE_TYPES] = {
		[IMAGE_END] = "END",
		[IMAGE_MACHINE] = "MACHINE",
		[IMAGE_FACILITIES] = "FACILITIES",
		[IMAGE_DEVICE] = "DEVICE",
		[IMAGE_DEVICE_STATE] = "DEVICE-STATE",
		[IMAGE_DEVICE_PORT] = "DEVICE-PORT",
		[IMAGE_OUTPUT] = "OUTPUT",
		[IMAGE_PART] = "PART",
		[IMAGE_CPU] = "CPU",
		[IMAGE_PAGES] = "PAGES",
		[IMAGE_BLOCKS] = "BLOCKS",
		[IMAGE_TERMINAL & ~IMAGE_OPTIONAL] = "TERMINAL",
		[IMAGE_SYSTEM] = "SYSTEM",
	};
	unsigned n = type & ~IMAGE_OPTIONAL;

	return n < IMAGE_TYPES ? names[n] : "?";
}

#define PAGES_MAX (1u << 22) /* 16 GiB of storage */

static int file_get(void *context, void *buf, size_t n)
{
	size_t got = fread(buf, 1, n, context);

	return got < n && ferror((FILE *)context) ? -1 : (int)got;
}

/* Do the fields have the shape of fields? */
static bool fields_sound(const uint8_t *bytes, size_t n)
{
	struct image_cursor c = {bytes, bytes + n};
	struct image_value v;
	int status;

	do
		status = image_field_next(&c, &v);
	while (status == IMAGE_MORE);
	return status == IMAGE_DONE;
}

static bool lines_sound(const uint8_t *bytes, size_t n)
{
	while (n >= sizeof(struct image_line)) {
		size_t length =
			sizeof(struct image_line) + be16_get(((const struct image_line *)bytes)->length);

		if (length > n)
			return false;
		bytes += length;
		n -= length;
	}
	return n == 0;
}

static int part_read(struct image_file *f, struct image_reader *r)
{
	struct image_part *p;
	int status;

	f->parts = must_resize(f->parts, (f->part_count + 1) * sizeof(*f->parts));
	p = &f->parts[f->part_count++];
	*p = (struct image_part){r->type, r->instance, r->size, must_alloc(r->size + 1)};
	status = image_get(r, p->bytes, r->size);
	if (status != IMAGE_MORE)
		return status;
	if ((image_has_fields(p->type) && !fields_sound(p->bytes, p->size)) ||
	    (p->type == IMAGE_OUTPUT && !lines_sound(p->bytes, p->size)) ||
	    (p->type == IMAGE_SYSTEM && p->size != sizeof(struct image_system)))
		return IMAGE_IMPOSSIBLE;
	return IMAGE_MORE;
}

const struct image_part *image_part_find(const struct image_file *f, uint16_t type, uint32_t instance)
{
	for (size_t i = 0; i < f->part_count; i++)
		if (f->parts[i].type == type && f->parts[i].instance == instance)
			return &f->parts[i];
	return NULL;
}

bool image_field_find(const struct image_part *p, uint16_t id, struct image_value *v)
{
	struct image_cursor c = {p->bytes, p->bytes + p->size};

	while (image_field_next(&c, v) == IMAGE_MORE)
		if (v->id == id)
			return true;
	return false;
}

static void page_add(struct image_page **pages, size_t *count, const struct image_pages *p, uint64_t number,
		     const uint8_t *bytes)
{
	struct image_page *page;

	if ((*count & (*count - 1)) == 0)
		*pages = must_resize(*pages, (2 * *count + 1) * sizeof(**pages));
	page = &(*pages)[(*count)++];
	*page = (struct image_page){number, p->key, p->encoding, NULL};
	if (p->encoding != IMAGE_PAGE_ZERO) {
		page->bytes = must_alloc(VOLUME_BLOCK);
		memcpy(page->bytes, bytes, VOLUME_BLOCK);
	}
}

static int pages_read(struct image_file *f, struct image_reader *r)
{
	uint8_t bytes[VOLUME_BLOCK], packed[VOLUME_BLOCK];
	struct image_pages p;
	int status = image_get_pages(r, &p);

	if (status == IMAGE_MORE)
		status = image_get_page(r, &p, bytes, packed);
	if (status == IMAGE_MORE && be32_get(p.count) > PAGES_MAX - f->page_count)
		status = IMAGE_IMPOSSIBLE;
	for (uint32_t i = 0; status == IMAGE_MORE && i < be32_get(p.count); i++)
		page_add(&f->pages, &f->page_count, &p, be64_get(p.first) + i, bytes);
	return status;
}

/* ---- disks --------------------------------------------------------------------------------------------------------- */

static struct image_disk *disk_add(struct image_file *f, uint32_t number)
{
	struct image_disk *d = f->disk_count ? &f->disks[f->disk_count - 1] : NULL;

	if (d && d->number == number)
		return d;
	f->disks = must_resize(f->disks, (f->disk_count + 1) * sizeof(*f->disks));
	f->disks[f->disk_count] = (struct image_disk){.number = number};
	return &f->disks[f->disk_count++];
}

static int blocks_read(struct image_file *f, struct image_reader *r)
{
	struct image_disk *d = disk_add(f, r->instance);
	uint8_t bytes[VOLUME_BLOCK], packed[VOLUME_BLOCK];
	struct image_pages p;
	int status = image_get_pages(r, &p);

	if (status == IMAGE_MORE)
		status = image_get_page(r, &p, bytes, packed);
	if (status != IMAGE_MORE)
		return status;
	if (p.encoding != IMAGE_PAGE_ZERO)
		page_add(&d->pages, &d->page_count, &p, be64_get(p.first), bytes);
	d->blocks = be64_get(p.first) + be32_get(p.count);
	return status;
}

#define FIELD_SECTORS 6 /* of DEVICE: docs/reference/image.md */

/* All of each disk must be there. */
static bool disks_whole(const struct image_file *f)
{
	struct image_value v;

	for (size_t i = 0; i < f->disk_count; i++) {
		const struct image_part *p = image_part_find(f, IMAGE_DEVICE, f->disks[i].number);

		if (!p || !image_field_find(p, FIELD_SECTORS, &v) ||
		    f->disks[i].blocks != (image_value_get(&v, 0) + VOLUME_SECTORS_PER_BLOCK - 1) /
						  VOLUME_SECTORS_PER_BLOCK)
			return false;
	}
	return true;
}

static int record_read(struct image_file *f, struct image_reader *r)
{
	if (r->type == IMAGE_PAGES)
		return pages_read(f, r);
	return r->type == IMAGE_BLOCKS ? blocks_read(f, r) : part_read(f, r);
}

bool image_file_read(struct image_file *f, const char *path)
{
	FILE *in = fopen(path, "rb");
	struct image_reader r = {.get = file_get, .context = in};
	int status;

	*f = (struct image_file){.path = path};
	if (!in) {
		fail("%s: %s", path, strerror(errno));
		return false;
	}
	status = image_open(&r);
	while (status == IMAGE_MORE && (status = image_next(&r)) == IMAGE_MORE)
		status = record_read(f, &r);
	if (status == IMAGE_DONE && !disks_whole(f))
		status = IMAGE_IMPOSSIBLE;
	f->header = r.header;
	f->length = r.offset;
	fclose(in);
	if (status != IMAGE_DONE)
		fail("%s: %s", path, image_status_text(status));
	return status == IMAGE_DONE;
}

static void pages_free(struct image_page *pages, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(pages[i].bytes);
	free(pages);
}

void image_file_free(struct image_file *f)
{
	for (size_t i = 0; i < f->part_count; i++)
		free(f->parts[i].bytes);
	pages_free(f->pages, f->page_count);
	for (size_t i = 0; i < f->disk_count; i++)
		pages_free(f->disks[i].pages, f->disks[i].page_count);
	free(f->parts);
	free(f->disks);
}
