/*
 * image.h - images of machines on the host: read whole, checked, shown, compared.
 */
#ifndef CONSOLE_IMAGE_H
#define CONSOLE_IMAGE_H

#include <cp/image.h>
#include <stdio.h>

/* A record but for pages and blocks. */
struct image_part {
	uint16_t type;
	uint32_t instance, size;
	uint8_t *bytes;
};

struct image_page {
	uint64_t number;
	uint8_t key, encoding;
	uint8_t *bytes; /* VOLUME_BLOCK of them; NULL: all zeros */
};

/* What is on one disk: blocks of zeros are not among the pages. */
struct image_disk {
	uint32_t number;
	uint64_t blocks;
	struct image_page *pages;
	size_t page_count;
};

struct image_file {
	const char *path;
	struct image_header header;
	uint64_t length; /* bytes of the file */
	struct image_part *parts;
	size_t part_count;
	struct image_page *pages;
	size_t page_count;
	struct image_disk *disks;
	size_t disk_count;
};

/* Read it, all of it checked. False after a sentence on stderr. image_file_free() in any case. */
bool image_file_read(struct image_file *f, const char *path);
void image_file_free(struct image_file *f);

const char *image_type_name(uint16_t type);
/* A record, or NULL; and one of its fields. */
const struct image_part *image_part_find(const struct image_file *f, uint16_t type, uint32_t instance);
bool image_field_find(const struct image_part *p, uint16_t id, struct image_value *v);

/* Each field of each record, and the pages. */
void image_show(const struct image_file *f, FILE *out);
/* What differs, a line each; how much did, clocks not counted. */
size_t image_compare(const struct image_file *a, const struct image_file *b, FILE *out);

#endif
