/*
 * block.c - one request to a virtual PC's disk.
 *
 * Owns: the block device's request header, types and status. Before: virtio.c, which has gathered the request's pieces of storage.
 * After: cp/device/disk.c, the way of every minidisk. Source: virtio 0.9.5, appendix D.
 * Simplification: data passes through a buffer of CP's, 128 KiB at a time.
 */
#include <cp/format.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "pc.h"

#define FEATURE_PIECES_MAX (1u << 2)
#define FEATURE_READ_ONLY  (1u << 5)
#define FEATURE_BLOCK_SIZE (1u << 6)
#define FEATURE_FLUSH      (1u << 9)

enum { TYPE_READ = 0, TYPE_WRITE = 1, TYPE_FLUSH = 4, TYPE_ID = 8 };
enum { STATUS_OK = 0, STATUS_ERROR = 1, STATUS_UNSUPPORTED = 2 };

struct header {
	uint32_t type, priority;
	uint64_t sector;
};

#define ID_SIZE 20
/* Nobody asks for so much at once; a machine shall not be busy for minutes with what its guest said in one word. */
#define REQUEST_MAX (2u << 20)

uint64_t block_capacity(const struct device *d)
{
	const struct minidisk *m = d->private;

	return m->extent.sectors;
}

uint32_t block_features(const struct device *d)
{
	const struct minidisk *m = d->private;

	return FEATURE_PIECES_MAX | FEATURE_BLOCK_SIZE | FEATURE_FLUSH |
	       (m->read_only ? FEATURE_READ_ONLY : 0);
}

/* Results of these: a status for the guest, or < 0. */

static int read(struct device *d, const struct request *r, uint64_t sector, uint64_t length)
{
	for (uint64_t done = 0; done < length; done += REQUEST_BUFFER) {
		uint32_t n = length - done < REQUEST_BUFFER ? (uint32_t)(length - done) : REQUEST_BUFFER;
		int rc;

		if (minidisk_read(d->private, sector + done / SECTOR_SIZE, n / SECTOR_SIZE, r->buffer) < 0)
			return STATUS_ERROR;
		rc = request_write(d->vm, r, done, r->buffer, n);
		if (rc)
			return rc < 0 ? rc : STATUS_ERROR;
	}
	return STATUS_OK;
}

static int write(struct device *d, const struct request *r, uint64_t sector, uint64_t length)
{
	for (uint64_t done = 0; done < length; done += REQUEST_BUFFER) {
		uint32_t n = length - done < REQUEST_BUFFER ? (uint32_t)(length - done) : REQUEST_BUFFER;
		int rc = request_read(d->vm, r, sizeof(struct header) + done, r->buffer, n);

		if (rc)
			return rc < 0 ? rc : STATUS_ERROR;
		if (minidisk_write(d->private, sector + done / SECTOR_SIZE, n / SECTOR_SIZE, r->buffer) < 0)
			return STATUS_ERROR;
	}
	return STATUS_OK;
}

static int identify(struct device *d, const struct request *r, uint64_t length)
{
	const struct minidisk *m = d->private;
	char id[ID_SIZE + 1] = "";
	int rc;

	format(id, sizeof(id), "%s-%04X", m->owner, m->owner_vdev);
	rc = request_write(d->vm, r, 0, id, length < ID_SIZE ? (size_t)length : ID_SIZE);
	return rc < 0 ? rc : rc > 0 ? STATUS_ERROR : STATUS_OK;
}

/* Whole sectors, not too many; where they are is checked where it is known. */
static bool length_good(uint64_t length)
{
	return length % SECTOR_SIZE == 0 && length <= REQUEST_MAX;
}

static int carry_out(struct device *d, const struct request *r, const struct header *h, uint32_t *written)
{
	uint64_t in = r->in - 1, out = r->out - sizeof(*h); /* the last byte in is the status */
	int status = STATUS_ERROR;

	switch (h->type) {
	case TYPE_READ:
		if (length_good(in))
			status = read(d, r, h->sector, in);
		*written = status == STATUS_OK ? (uint32_t)in : 0;
		return status;
	case TYPE_WRITE:
		return length_good(out) ? write(d, r, h->sector, out) : STATUS_ERROR;
	case TYPE_FLUSH:
		return minidisk_flush(d->private) < 0 ? STATUS_ERROR : STATUS_OK;
	case TYPE_ID:
		*written = in < ID_SIZE ? (uint32_t)in : ID_SIZE;
		return identify(d, r, in);
	default:
		return STATUS_UNSUPPORTED;
	}
}

int block_request(struct device *d, struct request *r, uint32_t *written)
{
	struct header h;
	uint8_t status;
	int rc;

	if (r->out < sizeof(h) || r->in < 1)
		return 1;
	rc = request_read(d->vm, r, 0, &h, sizeof(h));
	if (rc)
		return rc;
	*written = 0;
	rc = carry_out(d, r, &h, written);
	if (rc < 0)
		return rc;
	status = (uint8_t)rc;
	(*written)++;
	return request_write(d->vm, r, r->in - 1, &status, 1);
}
