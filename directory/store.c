/*
 * store.c - an open CP volume.
 *
 * Owns: the file, its lock, its label, and the slots of the object directory. Before it: cp/volume/format.h. After it: label.c,
 * spool.c, minidisk.c and direct.c.
 * Simplification: a volume is a plain file; nothing is cached.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cp/crc32.h>
#include "arena.h"
#include "store.h"

int store_say(const struct store *s, const char *format, ...)
{
	va_list ap;

	fprintf(s->out, "%s: ", s->path);
	va_start(ap, format);
	vfprintf(s->out, format, ap);
	va_end(ap);
	fputc('\n', s->out);
	return STORE_FAILED;
}

uint64_t store_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* ---- the label ----------------------------------------------------------------------------------------------- */

static bool areas_meet(const struct volume_area *a, const struct volume_area *b)
{
	uint64_t a_end = (uint64_t)be32_get(a->first) + be32_get(a->count);
	uint64_t b_end = (uint64_t)be32_get(b->first) + be32_get(b->count);

	return be32_get(a->count) > 0 && be32_get(b->count) > 0 && be32_get(a->first) < b_end &&
	       be32_get(b->first) < a_end;
}

static const char *areas_check(const struct volume_label *l)
{
	for (unsigned i = 0; i < VOLUME_AREA_COUNT; i++) {
		const struct volume_area *a = &l->area[i];

		if (be32_get(a->count) == 0)
			continue;
		if (be32_get(a->first) <= VOLUME_LABEL_BLOCK || be32_get(a->first) >= be32_get(l->blocks) ||
		    be32_get(a->count) > be32_get(l->blocks) - be32_get(a->first))
			return "the label is damaged: an area lies outside the volume";
		for (unsigned k = 0; k < i; k++)
			if (areas_meet(a, &l->area[k]))
				return "the label is damaged: two areas overlap";
	}
	return NULL;
}

const char *label_check(const struct volume_label *l, uint64_t bytes)
{
	if (memcmp(l->magic, VOLUME_LABEL_MAGIC, sizeof(l->magic)) != 0)
		return "this is not a CP volume (it has no label); `vm40 volume format` makes one";
	if (crc32_update(0, (const uint8_t *)l + 12, sizeof(*l) - 12) != be32_get(l->crc))
		return "the label is damaged: its checksum is wrong";
	if (be32_get(l->version) > VOLUME_VERSION)
		return "the volume was made by a later version of vm40";
	if (be32_get(l->sector_size) != VOLUME_SECTOR || be32_get(l->block_size) != VOLUME_BLOCK)
		return "the label is damaged: impossible block sizes";
	if (be32_get(l->blocks) > bytes / VOLUME_BLOCK)
		return "the volume is cut short: the file ends before the last block that the label counts";
	return areas_check(l);
}

/* ---- opening ------------------------------------------------------------------------------------------------- */

/*
 * QEMU holds read locks on some of the bytes from 100 to 300 of an image that it uses (its locking=auto). A write lock on them is
 * refused then, and keeps a QEMU or another vm40 from starting on the volume while it is being changed.
 */
bool store_lock(int fd, bool writable)
{
	struct flock lock = {
		.l_type = writable ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 200};

	return fcntl(fd, F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

static int label_read(struct store *s)
{
	struct stat st;
	const char *wrong;

	if (fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 2 * (off_t)VOLUME_BLOCK)
		return store_say(s, "this is not a CP volume: it is too small");
	s->bytes = (uint64_t)st.st_size;
	if (!store_read(s, (uint64_t)VOLUME_LABEL_BLOCK * VOLUME_BLOCK, &s->label, sizeof(s->label)))
		return STORE_FAILED;
	wrong = label_check(&s->label, s->bytes);
	if (wrong != NULL)
		return store_say(s, "%s", wrong);
	memcpy(s->volser, s->label.volser, sizeof(s->label.volser));
	s->volser[6] = '\0';
	for (int i = 5; i >= 0 && s->volser[i] == ' '; i--)
		s->volser[i] = '\0';
	return STORE_DONE;
}

int store_open(struct store *s, const char *path, enum store_use use, FILE *out)
{
	bool writable = use != STORE_READ;
	int status;

	*s = (struct store){.path = path, .out = out};
	s->fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
	if (s->fd < 0) {
		store_say(s, "cannot open the volume: %s", strerror(errno));
		return STORE_CANNOT_OPEN;
	}
	if (use == STORE_WRITE && !store_lock(s->fd, true))
		status = store_say(s, "the volume is in use: stop the machine that runs from it first");
	else
		status = label_read(s);
	if (status != STORE_DONE)
		store_close(s);
	return status;
}

void store_close(struct store *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* ---- bytes --------------------------------------------------------------------------------------------------- */

bool store_read(const struct store *s, uint64_t offset, void *buf, size_t length)
{
	uint8_t *p = buf;

	while (length > 0) {
		ssize_t n = pread(s->fd, p, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			store_say(s, "cannot read at byte %llu: %s", (unsigned long long)offset,
				  n == 0 ? "the volume ends there" : strerror(errno));
			return false;
		}
		p += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return true;
}

bool store_write(const struct store *s, uint64_t offset, const void *buf, size_t length)
{
	const uint8_t *p = buf;

	if (offset > s->bytes || length > s->bytes - offset) {
		store_say(s, "refused to write beyond the end of the volume");
		return false;
	}
	while (length > 0) {
		ssize_t n = pwrite(s->fd, p, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			store_say(s, "cannot write at byte %llu: %s", (unsigned long long)offset,
				  strerror(errno));
			return false;
		}
		p += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return true;
}

bool store_zero(const struct store *s, uint64_t offset, uint64_t length)
{
	static const uint8_t zeros[64 << 10];

	if (offset > s->bytes || length > s->bytes - offset)
		return store_write(s, offset, zeros, 1) && false;
	if (fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)length) == 0)
		return true;
	for (size_t n; length > 0; offset += n, length -= n) {
		n = length < sizeof(zeros) ? (size_t)length : sizeof(zeros);
		if (!store_write(s, offset, zeros, n))
			return false;
	}
	return true;
}

bool store_flush(const struct store *s)
{
	if (fsync(s->fd) == 0)
		return true;
	store_say(s, "cannot write: %s", strerror(errno));
	return false;
}

bool store_read_block(const struct store *s, uint32_t block, void *buf)
{
	return store_read(s, (uint64_t)block * VOLUME_BLOCK, buf, VOLUME_BLOCK);
}

bool store_write_block(const struct store *s, uint32_t block, const void *buf)
{
	return store_write(s, (uint64_t)block * VOLUME_BLOCK, buf, VOLUME_BLOCK);
}

uint32_t store_area_first(const struct store *s, enum volume_area_id area)
{
	return be32_get(s->label.area[area].first);
}

uint32_t store_area_count(const struct store *s, enum volume_area_id area)
{
	return be32_get(s->label.area[area].count);
}

/* ---- the object directory ------------------------------------------------------------------------------------ */

static int slot_read(void *context, uint64_t offset, void *buf, size_t length)
{
	const struct store_slot *slot = context;

	return store_read(slot->store, slot->offset + offset, buf, length) ? 0 : -1;
}

static enum volume_area_id slot_area(int slot)
{
	return slot == 0 ? VOLUME_AREA_OBJECT_A : VOLUME_AREA_OBJECT_B;
}

static struct object_source slot_source(const struct store *s, int slot, struct store_slot *context)
{
	enum volume_area_id area = slot_area(slot);

	*context = (struct store_slot){s, (uint64_t)store_area_first(s, area) * VOLUME_BLOCK};
	return (struct object_source){slot_read, context, (uint64_t)store_area_count(s, area) * VOLUME_BLOCK};
}

int store_slot_open(const struct store *s, int slot, struct store_slot *context, struct object_directory *d)
{
	static const struct object_header wiped;
	struct object_source source = slot_source(s, slot, context);
	struct object_header h;
	int status = object_open(d, &source);

	/* What has no magic and was not wiped was a directory before somebody damaged it. */
	if (status == OBJECT_EMPTY && store_read(s, context->offset, &h, sizeof(h)) &&
	    memcmp(&h, &wiped, sizeof(h)) != 0)
		return OBJECT_DAMAGED;
	return status;
}

int store_directory(const struct store *s, struct store_slot context[2], struct object_directory *d)
{
	struct object_source a = slot_source(s, 0, &context[0]), b = slot_source(s, 1, &context[1]);

	return object_open_newest(d, &a, &b);
}

void *store_user(const struct store *s, const char *userid, uint32_t *length)
{
	struct store_slot context[2];
	struct object_directory d;
	struct object_user user = {0};
	void *entry = NULL;
	int status = store_directory(s, context, &d);

	if (status >= 0)
		status = object_find(&d, userid, &user);
	if (status == OBJECT_OK) {
		entry = storage_grow(NULL, user.length);
		status = object_read(&d, &user, entry);
	}
	if (status == OBJECT_OK) {
		*length = user.length;
		return entry;
	}
	free(entry);
	store_say(s, "%s: %s", userid, object_status_text(status));
	return NULL;
}

static bool slot_wipe(const struct store *s, int slot)
{
	static const uint8_t nothing[VOLUME_BLOCK];

	return store_write_block(s, store_area_first(s, slot_area(slot)), nothing) && store_flush(s);
}

int store_directory_write(const struct store *s, const uint8_t *image, uint64_t length)
{
	struct store_slot context[2];
	struct object_directory d;
	int newest = store_directory(s, context, &d), slot = newest == 0 ? 1 : 0;
	uint64_t size = (uint64_t)store_area_count(s, slot_area(slot)) * VOLUME_BLOCK;
	uint64_t start = (uint64_t)store_area_first(s, slot_area(slot)) * VOLUME_BLOCK;

	if (newest == OBJECT_READ_ERROR || newest == OBJECT_TOO_NEW)
		return store_say(s, "%s", object_status_text(newest));
	if (length > size)
		return store_say(s,
				 "the object directory needs %llu KiB, but its area has %llu KiB: format the "
				 "volume with a larger one",
				 (unsigned long long)(length + 1023) >> 10, (unsigned long long)size >> 10);
	/* The old header goes first: a slot never has a valid header over bytes that are not its own. */
	if (!slot_wipe(s, slot) ||
	    !store_write(s, start + VOLUME_BLOCK, image + VOLUME_BLOCK, length - VOLUME_BLOCK) ||
	    !store_flush(s) || !store_write(s, start, image, VOLUME_BLOCK) || !store_flush(s))
		return STORE_FAILED;
	if (newest < 0 &&
	    !slot_wipe(s, 1 - slot)) /* what is damaged there is of no use any more, and would stop CP */
		return STORE_FAILED;
	return STORE_DONE;
}

/* ---- the clock ----------------------------------------------------------------------------------------------- */

bool store_clock_write(const struct store *s, uint64_t sequence, uint64_t time, enum clock_state state)
{
	union {
		struct volume_clock clock;
		uint8_t block[VOLUME_BLOCK];
	} b = {.block = {0}};

	memcpy(b.clock.magic, CLOCK_MAGIC, sizeof(b.clock.magic));
	b.clock.version = be32_make(CLOCK_VERSION);
	b.clock.sequence = be64_make(sequence);
	b.clock.time = be64_make(time);
	b.clock.state = (uint8_t)state;
	b.clock.crc = be32_make(crc32_update(0, b.block + 12, sizeof(b.clock) - 12));
	return store_write_block(s, store_area_first(s, VOLUME_AREA_CLOCK) + (uint32_t)(sequence & 1),
				 b.block);
}

bool store_clock_read(const struct store *s, struct volume_clock *clock)
{
	bool found = false;

	for (uint32_t i = 0; i < 2 && i < store_area_count(s, VOLUME_AREA_CLOCK); i++) {
		uint64_t at = (uint64_t)(store_area_first(s, VOLUME_AREA_CLOCK) + i) * VOLUME_BLOCK;
		struct volume_clock c;

		if (!store_read(s, at, &c, sizeof(c)) || memcmp(c.magic, CLOCK_MAGIC, sizeof(c.magic)) != 0 ||
		    crc32_update(0, (uint8_t *)&c + 12, sizeof(c) - 12) != be32_get(c.crc))
			continue;
		if (!found || be64_get(c.sequence) > be64_get(clock->sequence))
			*clock = c;
		found = true;
	}
	return found;
}
