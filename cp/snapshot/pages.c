/*
 * pages.c - pages of storage in an image: runs of zeros, plain ones, and packed ones.
 *
 * Owns: how a page becomes a record and the other way round. Before: lz4.c, stream.c. After: save.c and restore.c; the host's image tool.
 * Simplification: each page is packed for itself, so that one can be had without the others.
 */
#include <cp/image.h>
#include <cp/lz4.h>
#include <cp/string.h>

static void head_put(struct image_writer *w, uint64_t first, uint32_t count, uint8_t key, uint8_t encoding,
		     size_t data)
{
	struct image_pages p = {
		.first = be64_make(first), .count = be32_make(count), .key = key, .encoding = encoding};

	image_record(w, IMAGE_PAGES, 0, sizeof(p) + data);
	image_put(w, &p, sizeof(p));
}

void image_put_run(struct image_writer *w, uint64_t first, uint32_t count, uint8_t key,
		   enum image_encoding encoding)
{
	if (count)
		head_put(w, first, count, key, (uint8_t)encoding, 0);
}

void image_put_page(struct image_writer *w, uint64_t number, uint8_t key, const void *bytes,
		    struct image_packing *p)
{
	size_t n = lz4_compress(bytes, VOLUME_BLOCK, p->packed, VOLUME_BLOCK - 1, p->table);

	head_put(w, number, 1, key, n ? IMAGE_PAGE_LZ4 : IMAGE_PAGE_PLAIN, n ? n : VOLUME_BLOCK);
	image_put(w, n ? p->packed : bytes, n ? n : VOLUME_BLOCK);
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

int image_get_pages(struct image_reader *r, struct image_pages *p)
{
	int status = image_get(r, p, sizeof(*p));
	uint64_t first = be64_get(p->first), count = be32_get(p->count);

	if (status != IMAGE_MORE)
		return status;
	if (count == 0 || first < r->next_page || first > UINT64_MAX - count || !length_right(r, p))
		return IMAGE_IMPOSSIBLE;
	r->next_page = first + count;
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
