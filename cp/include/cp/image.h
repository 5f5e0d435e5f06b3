/*
 * image.h - a saved machine as a row of bytes: written front to back, read front to back, believed only at its end.
 *
 * The bytes are cp/snapshot/format.h. The reader takes nothing on trust: magic, version, lengths and order are checked as they come, the
 * checksum at the end. CP and the host's image tool use the same code; where the bytes come from or go to is the caller's business.
 *
 *	image_begin(&w, "s390x", "ALICE", tod);          image_open(&r)
 *	image_record(&w, IMAGE_CPU, 0, length);          while ((status = image_next(&r)) == IMAGE_MORE)
 *	image_put(&w, bytes, length);                            image_get(&r, buf, r.left);
 *	result = image_finish(&w);                       status == IMAGE_DONE: all of it was right
 */
#ifndef CP_IMAGE_H
#define CP_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include "../../snapshot/format.h"

/* What the reading functions return. */
enum image_status {
	IMAGE_DONE = 0,
	IMAGE_MORE = 1,
	IMAGE_READ_ERROR = -1, /* the source could not read */
	IMAGE_FOREIGN = -2,    /* not an image at all */
	IMAGE_TOO_NEW = -3,    /* made by a later version */
	IMAGE_CUT = -4,        /* it ends before its end record */
	IMAGE_DAMAGED = -5,    /* the checksum is wrong */
	IMAGE_IMPOSSIBLE = -6, /* a length, a number or the order of records cannot be */
	IMAGE_UNKNOWN = -7,    /* a record that this version does not know and may not pass over */
};

/* A sentence about a status, without a full stop. */
const char *image_status_text(int status);

/* ---- writing --------------------------------------------------------------------------------------------------- */

struct image_writer {
	int (*put)(void *context, const void *bytes, size_t n); /* 0 or more: done; < 0 */
	void *context;
	int result; /* the first < 0 that put gave; nothing is written after it */
	uint32_t crc, records;
	uint64_t length;
};

void image_begin(struct image_writer *w, const char *port, const char *userid, uint64_t tod);
void image_record(struct image_writer *w, uint16_t type, uint32_t instance, size_t length);
void image_put(struct image_writer *w, const void *bytes, size_t n);
/* The end record. 0, or the first < 0 there was. */
int image_finish(struct image_writer *w);
/* Pages: a run without data, and one page with its data. table: lz4.h's. */
void image_put_run(struct image_writer *w, uint64_t first, uint32_t count, uint8_t key,
		   enum image_encoding encoding);
/* A disk's blocks, without a gap: a run of zeros. count 0: nothing. */
void image_put_zero_blocks(struct image_writer *w, uint32_t disk, uint64_t first, uint32_t count);
struct image_packing {
	uint16_t table[1024];
	uint8_t packed[VOLUME_BLOCK];
};
void image_put_page(struct image_writer *w, uint64_t number, uint8_t key, const void *bytes,
		    struct image_packing *p);
void image_put_block(struct image_writer *w, uint32_t disk, uint64_t number, const void *bytes,
		     struct image_packing *p);
/* Is a page, or a block, all zeros? */
bool image_zeros(const void *bytes);

/* ---- reading --------------------------------------------------------------------------------------------------- */

struct image_reader {
	int (*get)(void *context, void *buf,
		   size_t n); /* how many bytes, fewer than n only at the end; or < 0 */
	void *context;
	struct image_header header;
	/* the record that image_next() has found */
	uint16_t type, version;
	uint32_t instance, size, left; /* left: bytes of it not yet read */
	/* so far */
	uint32_t crc, records;
	uint64_t offset;     /* of the next byte */
	uint64_t next_page;  /* the lowest that may come */
	uint64_t next_block; /* the one that must come, of this disk */
	uint32_t disk;
	uint64_t next_instance[IMAGE_TYPES]; /* the same, for each type */
};

/* The header. IMAGE_MORE, or a status. */
int image_open(struct image_reader *r);
/* The next record that is known or must be; what is left of the one before is passed over. IMAGE_MORE; IMAGE_DONE: the end, all was right. */
int image_next(struct image_reader *r);
/* n bytes of the record. IMAGE_MORE, or a status. */
int image_get(struct image_reader *r, void *buf, size_t n);
/* The record is one of pages or blocks: its head; and the data, if it has any, into 4096 bytes. IMAGE_MORE, or a status. */
int image_get_pages(struct image_reader *r, struct image_pages *p);
int image_get_page(struct image_reader *r, const struct image_pages *p, void *page, uint8_t *packed);

/* Does a record of this type hold fields? */
bool image_has_fields(uint16_t type);

/* ---- fields ---------------------------------------------------------------------------------------------------- */

struct image_cursor {
	const uint8_t *at, *end;
};

struct image_value {
	uint16_t id, count;
	uint8_t size, flags;
	char name[IMAGE_NAME_MAX + 1];
	const uint8_t *values;
};

/* The next field of a record in storage. IMAGE_MORE; IMAGE_DONE: no more; IMAGE_IMPOSSIBLE. */
int image_field_next(struct image_cursor *c, struct image_value *v);
uint64_t image_value_get(const struct image_value *v, unsigned index);

/* A name padded with blanks, as a string; size at least 9. */
void image_name(char *dst, const uint8_t src[8]);
void image_name_put(uint8_t dst[8], const char *name);

#endif
