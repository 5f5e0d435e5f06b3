/*
 * pages.c - pages of storage and blocks of disks in an image: runs of zeros, plain ones, and packed ones.
 *
 * Owns: how a page becomes a record and the other way round. Before: lz4.c, stream.c. After: save.c and restore.c; the host's image tool.
 * Simplification: each page is packed for itself, so that one can be had without the others.
 */
#include <cp/image.h>
#include <cp/lz4.h>
#include <cp/string.h>

bool image_zeros(const void *bytes)
{
	const uint64_t *words = bytes;

	for (unsigned n = 0; n < VOLUME_BLOCK / sizeof(*words); n++)
		if (words[n])
			return false;
	return true;
}

/* instance: the disk's number; storage has none, 0. */
static void head_put(struct image_writer *w, uint16_t type, uint32_t instance, const struct image_pages *p,
		     size_t data)
{
	image_record(w, type, instance, sizeof(*p) + data);
	image_put(w, p, sizeof(*p));
}

static void one_put(struct image_writer *w, uint16_t type, uint32_t instance, uint64_t number, uint8_t key,
		    const void *bytes, struct image_packing *p)
{
	size_t n = lz4_compress(bytes, VOLUME_BLOCK, p->packed, VOLUME_BLOCK - 1, p->table);
	struct image_pages head = {.first = be64_make(number),
				   .count = be32_make(1),
				   .key = key,
				   .encoding = n ? IMAGE_PAGE_LZ4 : IMAGE_PAGE_PLAIN};

	head_put(w, type, instance, &head, n ? n : VOLUME_BLOCK);
	image_put(w, n ? p->packed : bytes, n ? n : VOLUME_BLOCK);
}

void image_put_run(struct image_writer *w, uint64_t first, uint32_t count, uint8_t key,
		   enum image_encoding encoding)
{
	struct image_pages p = {.first = be64_make(first),
				.count = be32_make(count),
				.key = key,
				.encoding = (uint8_t)encoding};

	if (count)
		head_put(w, IMAGE_PAGES, 0, &p, 0);
}

void image_put_zero_blocks(struct image_writer *w, uint32_t disk, uint64_t first, uint32_t count)
{
	struct image_pages p = {.first = be64_make(first), .count = be32_make(count)};

	if (count)
		head_put(w, IMAGE_BLOCKS, disk, &p, 0);
}

void image_put_page(struct image_writer *w, uint64_t number, uint8_t key, const void *bytes,
		    struct image_packing *p)
{
	one_put(w, IMAGE_PAGES, 0, number, key, bytes, p);
}

void image_put_block(struct image_writer *w, uint32_t disk, uint64_t number, const void *bytes,
		     struct image_packing *p)
{
	one_put(w, IMAGE_BLOCKS, disk, number, 0, bytes, p);
}

static bool length_right(const struct image_reader *r, const struct image_pages *p)
{
	switch (p->encoding) {
	case IMAGE_PAGE_ZERO:
	case IMAGE_PAGE_SYSTEM:
		return r->left == 0;
	case IMAGE_PAGE_PLAIN:
		return r->left == VOLUME_BLOCK && be32_get(p->count) == 1;
	case IMAGE_PAGE_LZ4:
		return r->left > 0 && r->left < VOLUME_BLOCK && be32_get(p->count) == 1;
	}
	return false;
}

/* Pages ascend; a disk's blocks do so without a gap, from 0 on. */
static uint64_t *next_of(struct image_reader *r)
{
	if (r->type == IMAGE_PAGES)
		return &r->next_page;
	if (r->instance != r->disk)
		r->next_block = 0;
	r->disk = r->instance;
	return &r->next_block;
}

int image_get_pages(struct image_reader *r, struct image_pages *p)
{
	int status = image_get(r, p, sizeof(*p));
	uint64_t first = be64_get(p->first), count = be32_get(p->count), *next = next_of(r);

	if (status != IMAGE_MORE)
		return status;
	if (count == 0 || first < *next || first > UINT64_MAX - count || !length_right(r, p))
		return IMAGE_IMPOSSIBLE;
	if (r->type == IMAGE_BLOCKS && (first != *next || p->key || p->encoding == IMAGE_PAGE_SYSTEM))
		return IMAGE_IMPOSSIBLE;
	*next = first + count;
	return IMAGE_MORE;
}

int image_get_page(struct image_reader *r, const struct image_pages *p, void *page, uint8_t *packed)
{
	size_t n = r->left;
	int status;

	if (p->encoding == IMAGE_PAGE_ZERO || p->encoding == IMAGE_PAGE_SYSTEM) {
		memset(page, 0, VOLUME_BLOCK);
		return IMAGE_MORE;
	}
	if (p->encoding == IMAGE_PAGE_PLAIN)
		return image_get(r, page, VOLUME_BLOCK);
	status = image_get(r, packed, n);
	if (status != IMAGE_MORE)
		return status;
	return lz4_expand(packed, n, page, VOLUME_BLOCK) ? IMAGE_MORE : IMAGE_IMPOSSIBLE;
}
