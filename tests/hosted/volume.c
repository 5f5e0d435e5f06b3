/*
 * volume.c - writing small volumes for tests, and forgetting what CP knows of them.
 */
#include <hosted_volume.h>
#include "../../cp/saved/saved.h"
#include "../../cp/spool/spool.h"
#include <cp/crc32.h>
#include <cp/heap.h>
#include <cp/pbkdf2.h>
#include <stdlib.h>
#include <string.h>

static void name_put(uint8_t *to, size_t size, const char *name)
{
	memset(to, ' ', size);
	memcpy(to, name, strlen(name) < size ? strlen(name) : size);
}

static struct volume_area area(uint32_t first, uint32_t count)
{
	return (struct volume_area){be32_make(first), be32_make(count)};
}

struct volume_label *hosted_volume_label(struct hosted_disk *d)
{
	return (struct volume_label *)(d->data + VOLUME_LABEL_BLOCK * VOLUME_BLOCK);
}

void hosted_volume_label_seal(struct hosted_disk *d)
{
	struct volume_label *l = hosted_volume_label(d);

	l->crc = be32_make(crc32_update(0, (const uint8_t *)l + 12, sizeof(*l) - 12));
}

void hosted_volume_format(struct hosted_disk *d, const char *volser)
{
	struct volume_label *l = hosted_volume_label(d);

	memset(d->data, 0, d->device.sectors * SECTOR_SIZE);
	memcpy(l->magic, VOLUME_LABEL_MAGIC, sizeof(l->magic));
	l->version = be32_make(VOLUME_VERSION);
	l->sector_size = be32_make(VOLUME_SECTOR);
	l->block_size = be32_make(VOLUME_BLOCK);
	l->blocks = be32_make(TEST_BLOCKS);
	name_put(l->volser, 6, volser);
	l->area[VOLUME_AREA_CLOCK] = area(TEST_CLOCK, 2);
	l->area[VOLUME_AREA_OBJECT_A] = area(TEST_OBJECT_A, TEST_OBJECT_BLOCKS);
	l->area[VOLUME_AREA_OBJECT_B] = area(TEST_OBJECT_B, TEST_OBJECT_BLOCKS);
	l->area[VOLUME_AREA_SPOOL_FILES] = area(TEST_SPOOL_FILES, TEST_SPOOL_FILES_BLOCKS);
	l->area[VOLUME_AREA_SPOOL_DATA] = area(TEST_SPOOL_DATA, TEST_SPOOL_DATA_BLOCKS);
	l->area[VOLUME_AREA_MINIDISK] = area(TEST_MINIDISK, TEST_MINIDISK_BLOCKS);
	l->area[VOLUME_AREA_SAVED] = area(TEST_SAVED, TEST_SAVED_BLOCKS);
	hosted_volume_label_seal(d);
}

/* ---- entries ------------------------------------------------------------------------------------------------------ */

struct out {
	uint8_t *at;
};

static void *record(struct out *o, uint16_t type, size_t size)
{
	struct object_record *r = (struct object_record *)o->at;

	memset(r, 0, size);
	r->type = be16_make(type);
	r->length = be16_make((uint16_t)size);
	o->at += size;
	return r;
}

static void secret_put(struct object_secret *s, const char *password)
{
	struct pbkdf2 p;

	s->kind = password ? SECRET_HASH : SECRET_NOPASS;
	if (!password)
		return;
	s->iterations = be32_make(10);
	memset(s->salt, 0x5a, sizeof(s->salt));
	pbkdf2_start(&p, password, strlen(password), s->salt, sizeof(s->salt), 1, 10);
	while (!pbkdf2_step(&p, 10))
		;
	memcpy(s->digest, p.result, sizeof(s->digest));
}

static void spool_put(struct out *o, uint16_t vdev, uint16_t devtype, uint8_t kind, char class)
{
	struct object_spool *s = record(o, OBJECT_SPOOL, sizeof(*s));

	s->vdev = be16_make(vdev);
	s->devtype = be16_make(devtype);
	s->kind = kind;
	s->class = (uint8_t) class;
}

static void devices_put(struct out *o, const struct hosted_user *u, const uint8_t volser[6])
{
	struct object_console *c = record(o, OBJECT_CONSOLE, sizeof(*c));
	struct object_mdisk *m;

	c->vdev = be16_make(0x009);
	c->devtype = be16_make(0x3215);
	c->class = 'T';
	name_put(c->secuser, 8, "");
	spool_put(o, 0x00c, 0x2540, DISK_SPOOL_READER, '*');
	spool_put(o, 0x00d, 0x2540, DISK_SPOOL_PUNCH, 'A');
	spool_put(o, 0x00e, 0x1403, DISK_SPOOL_PRINTER, 'A');
	m = record(o, OBJECT_MDISK, sizeof(*m));
	m->vdev = be16_make(0x191);
	m->devtype = be16_make(0x9336);
	memcpy(m->volser, volser, 6);
	m->mode = LINK_MR;
	m->start = be32_make(u->disk ? u->disk : TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK);
	m->sectors = be32_make(u->sectors ? u->sectors : 64);
}

static size_t entry_put(uint8_t *at, const struct hosted_user *u, const uint8_t volser[6])
{
	struct object_entry *e = (struct object_entry *)at;
	struct out o = {at + sizeof(*e)};
	struct object_password *p = record(&o, OBJECT_PASSWORD, sizeof(*p));
	struct object_machine *m;
	uint32_t classes = 0;

	secret_put(&p->secret, u->password);
	m = record(&o, OBJECT_MACHINE, sizeof(*m));
	m->mode = OBJECT_MODE_ESA;
	m->cpus = 1;
	for (const char *c = u->classes ? u->classes : "G"; *c; c++)
		classes |= OBJECT_CLASS_BIT(*c);
	m->classes = be32_make(classes);
	m->storage = be64_make(u->storage ? u->storage : 16u << 20);
	m->maximum = be64_make(64u << 20);
	if (u->devices)
		devices_put(&o, u, volser);
	memcpy(e->magic, OBJECT_ENTRY_MAGIC, sizeof(e->magic));
	e->length = be32_make((uint32_t)(o.at - at));
	name_put(e->userid, 8, u->userid);
	return (size_t)(o.at - at);
}

void hosted_directory_write(struct hosted_disk *d, unsigned slot, uint64_t generation,
			    const struct hosted_user *users, unsigned count)
{
	uint8_t *base = d->data + (slot ? TEST_OBJECT_B : TEST_OBJECT_A) * VOLUME_BLOCK;
	struct object_header *h = (struct object_header *)base;
	size_t end = sizeof(*h) + count * sizeof(struct object_index);

	memset(base, 0, TEST_OBJECT_BLOCKS * VOLUME_BLOCK);
	for (unsigned i = 0; i < count; i++) {
		struct object_index *x = (struct object_index *)(base + sizeof(*h)) + i;
		size_t length = entry_put(base + end, &users[i], hosted_volume_label(d)->volser);

		name_put(x->userid, 8, users[i].userid);
		x->offset = be64_make(end);
		x->length = be32_make((uint32_t)length);
		x->entry_crc = be32_make(crc32_update(0, base + end, length));
		x->crc = be32_make(crc32_update(0, (const uint8_t *)x + 4, sizeof(*x) - 4));
		end += length;
	}
	memcpy(h->magic, OBJECT_MAGIC, sizeof(h->magic));
	h->version = be32_make(OBJECT_VERSION);
	h->generation = be64_make(generation);
	h->length = be64_make(end);
	h->count = be32_make(count);
	h->index_offset = be32_make(sizeof(*h));
	h->data_crc = be32_make(crc32_update(0, base + sizeof(*h), end - sizeof(*h)));
	h->crc = be32_make(crc32_update(0, (const uint8_t *)h + 12, sizeof(*h) - 12));
}

/* ---- a new IPL ------------------------------------------------------------------------------------------------------ */

static void spool_forget(void)
{
	struct spool_file *f, *tmp;

	list_for_each_safe(f, tmp, &spool.files, all)
		spool_file_release(f);
	if (spool.blocks.bits) {
		bitmap_destroy(&spool.blocks);
		bitmap_destroy(&spool.slots);
		bitmap_destroy(&spool.ids);
	}
	spool.volume = NULL;
	spool.busy = false;
}

static void saved_forget(void)
{
	struct saved_room *r, *next;
	struct saved_image *i;

	while ((i = saved_next(NULL)) != NULL)
		saved_image_destroy(i);
	list_for_each_safe(r, next, &saved.doubt, doubt)
		saved_room_drop(r);
	bitmap_destroy(&saved.blocks);
	saved.volume = NULL;
	saved.refusal = SAVED_NO_AREA;
	saved.busy = false;
}

void hosted_volumes_forget(void)
{
	struct volume *v;

	spool_forget();
	saved_forget();
	while ((v = volume_next(NULL)) != NULL) {
		list_remove(&v->all);
		heap_free(v, sizeof(*v));
	}
	directory_init(); /* finds nothing, and forgets what it had */
}
