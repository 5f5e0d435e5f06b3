/*
 * label.c - making and listing CP volumes.
 *
 * Owns: where the areas of a new volume lie. Before it: store.c. After it: the vm40 command.
 * Heritage: FORMAT/ALLOCATE (DMKFMT).
 * Simplification: CP's areas stand at the front in a fixed order, saved machines at the end, and the minidisk space takes the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include <cp/crc32.h>
#include "arena.h"
#include "saved.h"
#include "spool.h"
#include "volume.h"

#define IPL_BLOCKS       240u /* 960 KiB, to block 256 */
#define CLOCK_BLOCK      2u
#define FIRST_FREE_BLOCK 16u

/* ---- a new volume -------------------------------------------------------------------------------------------- */

static bool volser_take(uint8_t field[6], const char *volser)
{
	size_t n = strlen(volser);

	if (n < 1 || n > 6)
		return false;
	memset(field, ' ', 6);
	for (size_t i = 0; i < n; i++) {
		char c = volser[i];

		c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && strchr("@#$_-", c) == NULL)
			return false;
		field[i] = (uint8_t)c;
	}
	return true;
}

static uint64_t or_default(uint64_t n, uint64_t usual)
{
	return n != 0 ? n : usual;
}

static uint64_t to_blocks(uint64_t bytes)
{
	return bytes / VOLUME_BLOCK + (bytes % VOLUME_BLOCK != 0);
}

/* Give the next `count` blocks to an area. */
static void area_take(struct volume_label *l, enum volume_area_id area, uint64_t *next, uint64_t count)
{
	l->area[area] = (struct volume_area){be32_make((uint32_t)*next), be32_make((uint32_t)count)};
	*next += count;
}

/* Blocks for saved machines. */
static uint64_t saved_size(const struct volume_sizes *z)
{
	return to_blocks(
		or_default(z->saved_bytes, z->bytes != 0 ? z->bytes / 8 : VOLUME_DEFAULT_SAVED_BYTES));
}

/* Lay out the volume. NULL, or what is wrong with the sizes. */
static const char *label_lay_out(struct volume_label *l, const struct volume_sizes *z)
{
	uint64_t blocks = or_default(z->bytes, VOLUME_DEFAULT_BYTES) / VOLUME_BLOCK;
	uint64_t cp = to_blocks(or_default(z->cp_bytes, (uint64_t)VOLUME_DEFAULT_CP_BLOCKS * VOLUME_BLOCK));
	uint64_t object =
		to_blocks(or_default(z->object_bytes, (uint64_t)VOLUME_DEFAULT_OBJECT_BLOCKS * VOLUME_BLOCK));
	uint64_t spool =
		to_blocks(or_default(z->spool_bytes, (uint64_t)VOLUME_DEFAULT_SPOOL_BLOCKS * VOLUME_BLOCK));
	uint64_t table = to_blocks(or_default(z->spool_files, VOLUME_DEFAULT_SPOOL_FILES) * VOLUME_SECTOR);
	uint64_t saved = saved_size(z), next = CLOCK_BLOCK;

	if (blocks > UINT32_MAX / VOLUME_SECTORS_PER_BLOCK)
		return "a volume has less than 2 TiB";
	if (object > blocks || spool > blocks || table >= spool ||
	    or_default(z->spool_files, 1) > DISK_SPOOL_ID_MAX)
		return "the sizes do not fit: see the defaults of docs/reference/volume.md";
	area_take(l, VOLUME_AREA_CLOCK, &next, 2);
	next = FIRST_FREE_BLOCK;
	area_take(l, VOLUME_AREA_IPL, &next, IPL_BLOCKS);
	area_take(l, VOLUME_AREA_OBJECT_A, &next, object);
	area_take(l, VOLUME_AREA_OBJECT_B, &next, object);
	area_take(l, VOLUME_AREA_SPOOL_FILES, &next, table);
	area_take(l, VOLUME_AREA_SPOOL_DATA, &next, spool - table);
	if (next > cp || cp >= blocks || saved >= blocks - cp)
		return "the sizes do not fit: CP's area must hold the two object directories and the spool "
		       "space, and it and the saved machines must leave room for minidisks";
	if (saved <= 2 * (uint64_t)saved_slot_blocks((uint32_t)saved))
		return "the sizes do not fit: saved machines need at least 1M";
	next = cp;
	area_take(l, VOLUME_AREA_MINIDISK, &next, blocks - cp - saved);
	area_take(l, VOLUME_AREA_SAVED, &next, saved);
	l->blocks = be32_make((uint32_t)blocks);
	return NULL;
}

static const char *label_make(struct volume_label *l, const char *volser, const struct volume_sizes *z)
{
	const char *wrong;
	uint64_t identity;

	memset(l, 0, sizeof(*l));
	if (!volser_take(l->volser, volser))
		return "a volume label has 1 to 6 letters and digits";
	wrong = label_lay_out(l, z);
	if (wrong != NULL)
		return wrong;
	if (getrandom(&identity, sizeof(identity), 0) != (ssize_t)sizeof(identity))
		return "the system gives no random numbers";
	memcpy(l->magic, VOLUME_LABEL_MAGIC, sizeof(l->magic));
	l->version = be32_make(VOLUME_VERSION);
	l->sector_size = be32_make(VOLUME_SECTOR);
	l->block_size = be32_make(VOLUME_BLOCK);
	l->created = be64_make(store_now());
	l->identity = be64_make(identity);
	l->crc = be32_make(crc32_update(0, (uint8_t *)l + 12, sizeof(*l) - 12));
	return NULL;
}

/* Everything else of a new volume is holes, which read as zeros: free. The label comes last. */
static int volume_fill(struct store *s)
{
	s->bytes = (uint64_t)be32_get(s->label.blocks) * VOLUME_BLOCK;
	if (ftruncate(s->fd, 0) != 0 || ftruncate(s->fd, (off_t)s->bytes) != 0)
		return store_say(s, "cannot make a file of %llu MiB: %s", (unsigned long long)s->bytes >> 20,
				 strerror(errno));
	if (!store_clock_write(s, 1, store_now(), CLOCK_DOWN) || !store_flush(s) ||
	    !store_write(s, (uint64_t)VOLUME_LABEL_BLOCK * VOLUME_BLOCK, &s->label, sizeof(s->label)) ||
	    !store_flush(s))
		return STORE_FAILED;
	return STORE_DONE;
}

int volume_format(const char *path, const char *volser, const struct volume_sizes *sizes, bool replace,
		  FILE *out)
{
	struct store s = {.path = path, .out = out};
	const char *wrong = label_make(&s.label, volser, sizes != NULL ? sizes : &(struct volume_sizes){0});
	int status;

	if (wrong != NULL)
		return store_say(&s, "%s", wrong);
	s.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (replace ? 0 : O_EXCL), 0600);
	if (s.fd < 0) {
		store_say(&s,
			  errno == EEXIST ? "there is a file of this name already"
					  : "cannot make the volume: %s",
			  strerror(errno));
		return errno == EEXIST ? STORE_FAILED : STORE_CANNOT_OPEN;
	}
	if (!store_lock(s.fd, true))
		status = store_say(&s, "the volume is in use: stop the machine that runs from it first");
	else
		status = volume_fill(&s);
	close(s.fd);
	return status;
}

/* ---- listing ------------------------------------------------------------------------------------------------- */

static void time_print(FILE *to, uint64_t microseconds)
{
	time_t t = (time_t)(microseconds / 1000000);
	struct tm tm;
	char text[32];

	if (gmtime_r(&t, &tm) == NULL || strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		strcpy(text, "?");
	fputs(text, to);
}

static void areas_list(const struct store *s, FILE *to)
{
	static const char *const names[VOLUME_AREA_COUNT] = {[VOLUME_AREA_IPL] = "IPL text",
							     [VOLUME_AREA_CLOCK] = "clock",
							     [VOLUME_AREA_OBJECT_A] = "object slot A",
							     [VOLUME_AREA_OBJECT_B] = "object slot B",
							     [VOLUME_AREA_SPOOL_FILES] = "spool files",
							     [VOLUME_AREA_SPOOL_DATA] = "spool data",
							     [VOLUME_AREA_SAVED] = "saved machines",
							     [VOLUME_AREA_MINIDISK] = "minidisks"};

	fprintf(to, "area               sector    sectors       size\n");
	for (unsigned i = 0; i < VOLUME_AREA_COUNT; i++) {
		uint64_t first = store_area_first(s, i), count = store_area_count(s, i);

		if (count > 0)
			fprintf(to, "%-14s %10llu %10llu %6llu KiB\n", names[i] != NULL ? names[i] : "?",
				(unsigned long long)first * VOLUME_SECTORS_PER_BLOCK,
				(unsigned long long)count * VOLUME_SECTORS_PER_BLOCK,
				(unsigned long long)count * 4);
	}
}

/* Every entry of an open directory is read; the number of those that cannot be. */
static unsigned entries_check(const struct object_directory *d)
{
	uint8_t *buf = storage_grow(NULL, OBJECT_ENTRY_MAX);
	unsigned damaged = object_verify(d, buf, OBJECT_ENTRY_MAX) != OBJECT_OK;
	struct object_user user;

	for (uint32_t i = 0; i < d->count; i++)
		damaged += object_at(d, i, &user) != OBJECT_OK || object_read(d, &user, buf) != OBJECT_OK;
	free(buf);
	return damaged;
}

static unsigned slot_list(const struct store *s, int slot, FILE *to)
{
	struct store_slot context;
	struct object_directory d;
	int status = store_slot_open(s, slot, &context, &d);
	unsigned damaged;

	fprintf(to, "directory %c        ", 'A' + slot);
	if (status != OBJECT_OK) {
		fprintf(to, "%s\n", object_status_text(status));
		return status != OBJECT_EMPTY;
	}
	fprintf(to, "generation %llu, %u users, %llu bytes, of ", (unsigned long long)d.generation, d.count,
		(unsigned long long)d.length);
	time_print(to, d.created);
	fputc('\n', to);
	if (d.weak > 0)
		fprintf(to, "                   %u users have their userid as password\n", d.weak);
	damaged = entries_check(&d);
	if (damaged > 0)
		fprintf(to, "                   DAMAGED: %u checks failed\n", damaged);
	return damaged;
}

static unsigned spool_list(const struct store *s, FILE *to)
{
	struct spool p;
	uint32_t used = 0;
	unsigned damaged;

	if (!spool_load(&p, s))
		return 1;
	damaged = p.damaged;
	for (uint32_t i = 0; i < p.blocks; i++)
		used += p.used[i];
	fprintf(to, "spool              %u of %u blocks in use\n", used, p.blocks);
	for (uint32_t i = 0; i < p.places; i++) {
		const struct disk_spool_file *f = &p.files[i];
		unsigned bad;

		if (p.state[i] != PLACE_FILE)
			continue;
		bad = spool_check(&p, f);
		fprintf(to, "  %04u %.8s %-7s class %c records %7u copies %3u %.8s %.8s from %.8s ",
			be16_get(f->id), f->owner, spool_device_name(f->device), f->class,
			be32_get(f->records), be16_get(f->copies), f->filename, f->filetype, f->origin);
		time_print(to, be64_get(f->created));
		fprintf(to, "%s%s\n",
			f->flags & (DISK_SPOOL_HOLD_USER | DISK_SPOOL_HOLD_SYSTEM) ? " HOLD" : "",
			bad > 0 ? " DAMAGED" : "");
		damaged += bad > 0;
	}
	spool_unload(&p);
	return damaged;
}

static void image_list(FILE *to, const struct saved_area *a, uint32_t n, bool good)
{
	const struct disk_saved_entry *e = saved_slot_entry(a->slot, n);

	fprintf(to, "  %.8s %.8s %-8s %9llu bytes of ", e->owner, e->name, saved_kind_name(e->kind),
		(unsigned long long)be64_get(e->bytes));
	time_print(to, be64_get(e->created));
	fprintf(to, "%s\n", good ? "" : " DAMAGED");
}

static unsigned saved_list(const struct store *s, FILE *to)
{
	struct saved_area a;
	unsigned damaged;

	if (!saved_load(&a, s))
		return 1;
	damaged = a.damaged;
	if (a.state == SAVED_AREA_NONE)
		fprintf(to, "saved machines     this volume has no area for them\n");
	else if (a.state == SAVED_AREA_BAD)
		fprintf(to, "saved machines     DAMAGED: no catalogue can be trusted\n");
	else
		fprintf(to, "saved machines     generation %llu, %u images, %u of %u blocks in use\n",
			(unsigned long long)be64_get(saved_header(&a)->generation),
			be32_get(saved_header(&a)->count), a.used_count, a.layout.count);
	for (uint32_t i = 0; a.state == SAVED_AREA_GOOD && i < be32_get(saved_header(&a)->count); i++) {
		bool good = saved_bytes(&a, i, NULL, NULL);

		image_list(to, &a, i, good);
		damaged += !good;
	}
	damaged += a.state == SAVED_AREA_BAD;
	saved_unload(&a);
	return damaged;
}

int volume_list(const char *path, FILE *to, FILE *out)
{
	struct volume_clock clock;
	struct store s;
	unsigned damaged;
	int status = store_open(&s, path, STORE_READ, out);

	if (status != STORE_DONE)
		return status;
	fprintf(to, "volume             %s, %u MiB, made ", s.volser, be32_get(s.label.blocks) / 256);
	time_print(to, be64_get(s.label.created));
	fputc('\n', to);
	areas_list(&s, to);
	if (store_clock_read(&s, &clock)) {
		fprintf(to, "clock              ");
		time_print(to, be64_get(clock.time));
		fprintf(to, "%s\n",
			clock.state == CLOCK_RUNNING ? ", CP is running or stopped without SHUTDOWN" : "");
	}
	damaged = slot_list(&s, 0, to) + slot_list(&s, 1, to);
	damaged += spool_list(&s, to) + saved_list(&s, to);
	store_close(&s);
	return damaged > 0 ? STORE_FAILED : STORE_DONE;
}

int volume_identify(const char *path, char volser[7], uint64_t *bytes)
{
	struct store s;
	FILE *nowhere = fopen("/dev/null", "w");
	int status = nowhere != NULL ? store_open(&s, path, STORE_READ, nowhere) : STORE_CANNOT_OPEN;

	if (status == STORE_DONE) {
		memcpy(volser, s.volser, sizeof(s.volser));
		*bytes = (uint64_t)be32_get(s.label.blocks) * VOLUME_BLOCK;
		store_close(&s);
	}
	if (nowhere != NULL)
		fclose(nowhere);
	return status;
}

int volume_directory_identity(const char *path, char identity[17])
{
	FILE *nowhere = fopen("/dev/null", "w");
	struct store_slot context[2];
	struct object_directory d;
	struct store s;
	int status = nowhere != NULL ? store_open(&s, path, STORE_READ, nowhere) : STORE_CANNOT_OPEN;

	if (status == STORE_DONE) {
		status = store_directory(&s, context, &d) >= 0 ? STORE_DONE : STORE_FAILED;
		for (size_t i = 0; status == STORE_DONE && i < 8; i++)
			sprintf(identity + 2 * i, "%02X", d.identity[i]);
		store_close(&s);
	}
	if (nowhere != NULL)
		fclose(nowhere);
	return status;
}
