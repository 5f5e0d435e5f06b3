/*
 * image.c - the writer of the object directory.
 *
 * Owns: the order of records in an entry. Before it: check.c, secret.c. After it: store.c puts the image on the volume; CP reads it
 * with cp/volume/object.c.
 * Heritage: DMKDIR, which wrote UDIRECT, UMACBLOK and UDEVBLOK.
 * Simplification: the image is built whole in storage (a user takes some 500 bytes).
 */
#include <stdlib.h>
#include <string.h>
#include <cp/crc32.h>
#include <cp/sha256.h>
#include "image.h"

/* ---- bytes --------------------------------------------------------------------------------------------------- */

/* Room for n more bytes, zeroed. */
static void *image_add(struct image *i, size_t n)
{
	uint8_t *at;

	if (i->bytes == NULL || n > i->room - i->length) {
		i->room = i->room * 2 + n + 65536;
		i->bytes = storage_grow(i->bytes, i->room);
	}
	at = i->bytes + i->length;
	memset(at, 0, n);
	i->length += n;
	return at;
}

/* A record with its head. */
static void *record_add(struct image *i, enum object_type type, size_t length)
{
	struct object_record *r = image_add(i, length);

	r->type = be16_make((uint16_t)type);
	r->length = be16_make((uint16_t)length);
	return r;
}

static void name_put(uint8_t *to, size_t size, const char *name)
{
	size_t n = strlen(name);

	memset(to, ' ', size);
	memcpy(to, name, n < size ? n : size);
}

/* ---- one function a record ----------------------------------------------------------------------------------- */

static void secret_put(struct object_secret *o, const struct secret *s)
{
	if (s == NULL)
		return;
	o->kind = s->kind;
	o->flags = s->weak ? SECRET_WEAK : 0;
	if (s->kind != SECRET_HASH)
		return;
	o->iterations = be32_make(s->iterations);
	memcpy(o->salt, s->salt, sizeof(o->salt));
	memcpy(o->digest, s->digest, sizeof(o->digest));
}

static void add_machine(struct image *i, const struct user *u)
{
	struct object_machine *o = record_add(i, OBJECT_MACHINE, sizeof(*o));

	o->mode = u->mode;
	o->cpus = u->cpus;
	o->priority = u->priority;
	memcpy(o->edit, u->edit, sizeof(o->edit));
	o->classes = be32_make(u->classes);
	o->options = be32_make(u->options);
	o->storage = be64_make(u->storage);
	o->maximum = be64_make(u->maximum);
	o->cpuid = be32_make(u->cpuid);
	o->maxconn = be32_make(u->maxconn);
}

static void add_account(struct image *i, const struct user *u)
{
	struct object_account *o = record_add(i, OBJECT_ACCOUNT, sizeof(*o));

	name_put(o->account, 8, u->account);
	name_put(o->distribution, 8, u->distribution);
}

static void add_ipl(struct image *i, const struct user *u)
{
	size_t length = u->parm != NULL ? strlen(u->parm) : 0;
	struct object_ipl *o;

	if (!(u->given & GIVEN_IPL))
		return;
	o = record_add(i, OBJECT_IPL, sizeof(*o) + length);
	name_put(o->name, 8, u->ipl_name);
	name_put(o->loadparm, 8, u->loadparm);
	o->vdev = be16_make(u->ipl_vdev);
	if (length > 0)
		memcpy(o->parm, u->parm, length);
}

static void add_share(struct image *i, const struct user *u)
{
	struct object_share *o = record_add(i, OBJECT_SHARE, sizeof(*o));

	o->kind = u->share.kind;
	o->limit = u->share.limit;
	o->limit_kind = u->share.limit_kind;
	o->value = be32_make(u->share.value);
	o->limit_value = be32_make(u->share.limit_value);
}

static void add_userids(struct image *i, enum object_type type, const struct list_of_items *l)
{
	for (const struct item *item = l->first; item != NULL; item = item->next) {
		struct object_userid *o = record_add(i, type, sizeof(*o));

		name_put(o->userid, 8, item->text);
	}
}

static void add_commands(struct image *i, const struct list_of_items *l)
{
	for (const struct item *item = l->first; item != NULL; item = item->next) {
		size_t length = strlen(item->text);
		struct object_command *o = record_add(i, OBJECT_COMMAND, sizeof(*o) + length);

		memcpy(o->text, item->text, length);
	}
}

static void add_console(struct image *i, const struct device *d)
{
	struct object_console *o = record_add(i, OBJECT_CONSOLE, sizeof(*o));

	o->vdev = be16_make(d->vdev);
	o->devtype = be16_make(d->devtype);
	o->class = d->class;
	o->observer = d->observer;
	name_put(o->secuser, 8, d->userid);
}

static void add_spool(struct image *i, const struct device *d)
{
	struct object_spool *o = record_add(i, OBJECT_SPOOL, sizeof(*o));

	o->vdev = be16_make(d->vdev);
	o->devtype = be16_make(d->devtype);
	o->kind = d->unit;
	o->class = d->class;
}

static void add_mdisk(struct image *i, const struct device *d, const struct minidisk_space *space)
{
	struct object_mdisk *o = record_add(i, OBJECT_MDISK, sizeof(*o));
	uint32_t to_end = (uint32_t)(space->end - d->start); /* END has passed check_bounds() */

	o->vdev = be16_make(d->vdev);
	o->devtype = be16_make(d->devtype);
	name_put(o->volser, 6, d->volser);
	o->mode = d->mode;
	o->start = be32_make(d->start);
	o->sectors = be32_make(d->sectors != 0 ? d->sectors : to_end);
	secret_put(&o->read, d->secret[ACCESS_READ]);
	secret_put(&o->write, d->secret[ACCESS_WRITE]);
	secret_put(&o->multi, d->secret[ACCESS_MULTI]);
}

static void add_link(struct image *i, const struct device *d)
{
	struct object_link *o = record_add(i, OBJECT_LINK, sizeof(*o));

	name_put(o->userid, 8, d->userid);
	o->owner_vdev = be16_make(d->owner_vdev);
	o->vdev = be16_make(d->vdev);
	o->mode = d->mode;
}

static void add_temporary(struct image *i, const struct device *d)
{
	struct object_temporary *o = record_add(i, OBJECT_TEMPORARY, sizeof(*o));

	o->vdev = be16_make(d->vdev);
	o->devtype = be16_make(d->devtype);
	o->kind = d->kind == DEVICE_VDISK ? OBJECT_TEMPORARY_STORAGE : OBJECT_TEMPORARY_SPOOL;
	o->mode = d->mode;
	o->sectors = be32_make(d->sectors);
}

static void add_device(struct image *i, const struct device *d, const struct minidisk_space *space)
{
	switch (d->kind) {
	case DEVICE_CONSOLE:
		add_console(i, d);
		break;
	case DEVICE_SPOOL:
		add_spool(i, d);
		break;
	case DEVICE_MDISK:
		add_mdisk(i, d, space);
		break;
	case DEVICE_LINK:
		add_link(i, d);
		break;
	case DEVICE_VDISK:
	case DEVICE_TDISK:
		add_temporary(i, d);
		break;
	default: /* CP has nothing of that kind yet */
		break;
	}
}

/* ---- entries and index --------------------------------------------------------------------------------------- */

static void add_entry(struct image *i, const struct user *u, const struct minidisk_space *space)
{
	uint64_t start = i->length;
	struct object_entry *e = image_add(i, sizeof(*e));
	struct object_password *password;

	memcpy(e->magic, OBJECT_ENTRY_MAGIC, sizeof(e->magic));
	name_put(e->userid, 8, u->userid);
	password = record_add(i, OBJECT_PASSWORD, sizeof(*password));
	secret_put(&password->secret, &u->password);
	add_machine(i, u);
	add_account(i, u);
	add_ipl(i, u);
	add_share(i, u);
	add_userids(i, OBJECT_LOGONBY, &u->logonby);
	add_userids(i, OBJECT_AUTOLOG, &u->autolog);
	add_commands(i, &u->commands);
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		add_device(i, d, space);
	e = (struct object_entry *)(i->bytes + start); /* the bytes may have moved */
	e->length = be32_make((uint32_t)(i->length - start));
}

uint32_t object_entry_length(const struct user *u)
{
	static const uint32_t device_length[DEVICE_KINDS] = {
		[DEVICE_CONSOLE] = sizeof(struct object_console),
		[DEVICE_SPOOL] = sizeof(struct object_spool),
		[DEVICE_MDISK] = sizeof(struct object_mdisk),
		[DEVICE_LINK] = sizeof(struct object_link),
		[DEVICE_VDISK] = sizeof(struct object_temporary),
		[DEVICE_TDISK] = sizeof(struct object_temporary)};
	uint32_t n = sizeof(struct object_entry) + sizeof(struct object_password) +
		     sizeof(struct object_machine) + sizeof(struct object_account) +
		     sizeof(struct object_share);

	if (u->given & GIVEN_IPL)
		n += (uint32_t)(sizeof(struct object_ipl) + (u->parm != NULL ? strlen(u->parm) : 0));
	n += (u->logonby.count + u->autolog.count) * (uint32_t)sizeof(struct object_userid);
	for (const struct item *i = u->commands.first; i != NULL; i = i->next)
		n += (uint32_t)(sizeof(struct object_command) + strlen(i->text));
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		n += device_length[d->kind];
	return n;
}

static void put_index(struct image *i, uint64_t at, const struct user *u, uint64_t offset)
{
	struct object_index *x = (struct object_index *)(i->bytes + at);
	uint32_t length = (uint32_t)(i->length - offset);

	name_put(x->userid, 8, u->userid);
	x->entry_crc = be32_make(crc32_update(0, i->bytes + offset, length));
	x->offset = be64_make(offset);
	x->length = be32_make(length);
	x->flags = u->password.weak ? OBJECT_USER_WEAK : 0;
	x->crc = be32_make(crc32_update(0, (uint8_t *)x + 4, sizeof(*x) - 4));
}

static void put_header(struct image *i, const struct model *model, uint32_t count, uint64_t generation,
		       uint64_t created)
{
	struct object_header *h = (struct object_header *)i->bytes;
	struct sha256 s;

	memcpy(h->magic, OBJECT_MAGIC, sizeof(h->magic));
	h->version = be32_make(OBJECT_VERSION);
	h->generation = be64_make(generation);
	h->length = be64_make(i->length);
	h->count = be32_make(count);
	h->index_offset = be32_make(VOLUME_BLOCK);
	h->data_crc = be32_make(crc32_update(0, i->bytes + VOLUME_BLOCK, i->length - VOLUME_BLOCK));
	h->weak = be32_make(i->weak);
	h->created = be64_make(created);
	name_put(h->volser, sizeof(h->volser), model->volser);
	sha256_init(&s);
	sha256_update(&s, i->bytes + VOLUME_BLOCK, i->length - VOLUME_BLOCK);
	sha256_final(&s, h->identity);
	h->crc = be32_make(crc32_update(0, (uint8_t *)h + 12, sizeof(*h) - 12));
}

static int user_compare(const void *a, const void *b)
{
	return strcmp((*(struct user *const *)a)->userid, (*(struct user *const *)b)->userid);
}

void image_build(struct image *image, const struct model *model, const struct minidisk_space *space,
		 uint64_t generation, uint64_t created)
{
	uint32_t count = model->users.count;
	struct user **users = storage_grow(NULL, count * sizeof(struct user *));
	struct arena scratch = {0};

	memcpy(users, model->users.entries, count * sizeof(struct user *));
	qsort(users, count, sizeof(struct user *), user_compare);
	*image = (struct image){0};
	image_add(image, VOLUME_BLOCK + (size_t)count * sizeof(struct object_index));
	for (uint32_t n = 0; n < count; n++) {
		const struct user *u = user_resolve(&scratch, users[n]);
		uint64_t offset = image->length;

		add_entry(image, u, space);
		put_index(image, VOLUME_BLOCK + (uint64_t)n * sizeof(struct object_index), u, offset);
		image->weak += u->password.weak;
		arena_reset(&scratch);
	}
	arena_free(&scratch);
	free(users);
	put_header(image, model, count, generation, created);
}

void image_free(struct image *image)
{
	free(image->bytes);
	image->bytes = NULL;
}
