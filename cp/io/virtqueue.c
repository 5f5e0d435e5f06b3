/*
 * virtqueue.c - the rings by which CP and a virtio device hand each other
 * work.
 *
 * Before it: the port's transport found the device. After it: virtio_blk.c,
 * s390x/io/virtio_serial.c.
 * The device is QEMU's, outside the machine: what it puts into the used ring
 * is checked before it is used as an index.
 * Known simplification: no reset of a device that has gone wrong.
 * Heritage: none; VM's own drivers met real channels only.
 */
#include <cp/heap.h>
#include <cp/virtio.h>

/* The rings are also used by another processor: no store or fetch may move across this. */
static inline void serialize(void)
{
	__sync_synchronize();
}

/* Descriptors, then what is available; on the next page what has been used. */
static bool virtqueue_allocate(struct virtqueue *q)
{
	uint32_t first = q->size * 16u + 6 + q->size * 2u;
	uint32_t used = (first + VIRTIO_RING_ALIGN - 1) / VIRTIO_RING_ALIGN * VIRTIO_RING_ALIGN;
	uint32_t total = used + 6 + q->size * 8u;
	char *rings = (char *)(uintptr_t)frame_alloc_run((total + PAGE_SIZE - 1) / PAGE_SIZE);

	if (!rings)
		return false;
	q->descriptor = (struct virtio_descriptor *)rings;
	q->available = (struct virtio_available *)(rings + q->size * 16u);
	q->used = (struct virtio_used *)(rings + used);
	return true;
}

int virtqueue_create(struct virtio *v, struct virtqueue *q, uint16_t index)
{
	int size = v->transport->queue_size(v, index);

	if (size <= 0 || size & (size - 1))
		return -1;
	q->virtio = v;
	q->index = index;
	q->size = (uint16_t)size;
	return virtqueue_allocate(q) ? v->transport->queue_set(v, q) : -1;
}

void virtqueue_set(struct virtqueue *q, uint16_t n, const void *address, uint32_t length, uint16_t flags,
		   uint16_t next)
{
	q->descriptor[n] = (struct virtio_descriptor){(uintptr_t)address, length, flags, next};
}

void virtqueue_add(struct virtqueue *q, uint16_t n)
{
	q->available->ring[q->available->index % q->size] = n;
	serialize();
	q->available->index++;
}

void virtqueue_notify(struct virtqueue *q)
{
	serialize();
	q->virtio->transport->notify(q->virtio, q->index);
}

int virtqueue_take(struct virtqueue *q, uint32_t *length)
{
	serialize();
	while (q->seen != q->used->index) {
		volatile struct virtio_used_element *e = &q->used->ring[q->seen++ % q->size];
		uint32_t id = e->id;

		*length = e->length;
		if (id < q->size)
			return (int)id;
	}
	return -1;
}
