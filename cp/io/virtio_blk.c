/*
 * virtio_blk.c - disks on QEMU.
 *
 * Before it: the port's transport, virtqueue.c. After it: block.c.
 * Several transfers may be under way: each has a slot with its own header,
 * status byte and three descriptors, and its task sleeps on that slot.
 * Known simplification: a failed transfer is tried again at once, three
 * times, with no look at the reason.
 */
#include <cp/block.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/task.h>
#include <cp/virtio.h>

#define BLK_SLOTS         16
#define BLK_MAX_SECTORS   256
#define BLK_TRIES         3
#define BLK_FEATURE_FLUSH (1u << 9)
#define BLK_READ          0
#define BLK_WRITE         1
#define BLK_FLUSH         4

/* The states of a slot. */
enum { SLOT_FREE, SLOT_BUSY, SLOT_DONE };

struct blk_slot {
	struct {
		uint32_t type, priority;
		uint64_t sector;
	} header;
	volatile uint8_t status; /* written by the device: 0 is good */
	uint8_t state;
};

struct blk {
	struct block_device disk;
	struct virtqueue queue;
	uint32_t features;
	unsigned slots; /* as many as the ring has room for */
	struct blk_slot slot[BLK_SLOTS];
};

static void blk_interrupt(struct virtio *v)
{
	struct blk *b = v->private;
	uint32_t length;
	int n;

	while ((n = virtqueue_take(&b->queue, &length)) >= 0) {
		if (n % 3 || (unsigned)n / 3 >= b->slots || b->slot[n / 3].state != SLOT_BUSY)
			continue;
		b->slot[n / 3].state = SLOT_DONE;
		task_wake(&b->slot[n / 3]);
	}
}

static unsigned blk_slot_get(struct blk *b)
{
	for (;;) {
		for (unsigned i = 0; i < b->slots; i++) {
			if (b->slot[i].state == SLOT_FREE)
				return i;
		}
		task_sleep(&b->slots);
	}
}

static void blk_slot_put(struct blk *b, unsigned i)
{
	b->slot[i].state = SLOT_FREE;
	task_wake(&b->slots);
}

/* Three descriptors: what to do, where (unless nothing), how it went. */
static void blk_describe(struct blk *b, unsigned i, void *buf, uint32_t length)
{
	struct blk_slot *s = &b->slot[i];
	uint16_t first = (uint16_t)(i * 3), data = first + 1, last = first + 2;
	uint16_t direction = s->header.type == BLK_READ ? VIRTIO_WRITE : 0;

	virtqueue_set(&b->queue, first, &s->header, sizeof(s->header), VIRTIO_NEXT, length ? data : last);
	virtqueue_set(&b->queue, data, buf, length, VIRTIO_NEXT | direction, last);
	virtqueue_set(&b->queue, last, (const void *)&s->status, 1, VIRTIO_WRITE, 0);
}

static uint8_t blk_once(struct blk *b, uint32_t type, uint64_t sector, void *buf, uint32_t length)
{
	unsigned i = blk_slot_get(b);
	struct blk_slot *s = &b->slot[i];
	uint8_t status;

	s->header.type = type;
	s->header.priority = 0;
	s->header.sector = sector;
	s->status = 0xff;
	s->state = SLOT_BUSY;
	blk_describe(b, i, buf, length);
	virtqueue_add(&b->queue, (uint16_t)(i * 3));
	virtqueue_notify(&b->queue);
	while (s->state == SLOT_BUSY)
		task_sleep(s);
	status = s->status;
	blk_slot_put(b, i);
	return status;
}

static int blk_io(struct block_device *d, uint32_t type, uint64_t sector, void *buf, uint32_t length)
{
	uint8_t status = 0;

	for (int i = 0; i < BLK_TRIES; i++) {
		status = blk_once(d->private, type, sector, buf, length);
		if (!status)
			return 0;
	}
	log_line("Disk %04X: %s of block %u failed, virtio status %u", d->address,
		 type == BLK_READ    ? "read"
		 : type == BLK_WRITE ? "write"
				     : "flush",
		 (unsigned)sector, status);
	return -1;
}

static int blk_read(struct block_device *d, uint64_t sector, uint32_t count, void *buf)
{
	return blk_io(d, BLK_READ, sector, buf, count * SECTOR_SIZE);
}

static int blk_write(struct block_device *d, uint64_t sector, uint32_t count, const void *buf)
{
	return blk_io(d, BLK_WRITE, sector, (void *)buf, count * SECTOR_SIZE);
}

static int blk_flush(struct block_device *d)
{
	struct blk *b = d->private;

	return b->features & BLK_FEATURE_FLUSH ? blk_io(d, BLK_FLUSH, 0, NULL, 0) : 0;
}

static const struct block_driver blk_driver = {
	.name = "virtio",
	.read = blk_read,
	.write = blk_write,
	.flush = blk_flush,
};

static int blk_set_up(struct blk *b, struct virtio *v)
{
	v->private = b;
	v->interrupt = blk_interrupt;
	if (v->transport->begin(v, BLK_FEATURE_FLUSH, &b->features) < 0 ||
	    v->transport->configuration(v, &b->disk.sectors, sizeof(b->disk.sectors)) < 0 ||
	    virtqueue_create(v, &b->queue, 0) < 0)
		return -1;
	b->slots = b->queue.size / 3 < BLK_SLOTS ? b->queue.size / 3 : BLK_SLOTS;
	return b->slots ? v->transport->ready(v) : -1;
}

void virtio_blk_create(struct virtio *v)
{
	struct blk *b = heap_alloc(sizeof(*b));

	if (!b || blk_set_up(b, v) < 0) {
		log_line("Disk %04X: not usable, its set-up failed", v->address);
		return;
	}
	b->disk.driver = &blk_driver;
	b->disk.private = b;
	b->disk.address = v->address;
	b->disk.max_sectors = BLK_MAX_SECTORS;
	block_register(&b->disk);
}
