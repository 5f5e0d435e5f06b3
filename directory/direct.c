/*
 * direct.c - the directory compiler from one end to the other.
 *
 * Owns: the order of the steps, and that all of them happen or none. Before it: parse.c, check.c, secret.c, change.c, image.c,
 * store.c. After it: the verbs that change one thing (edit.c, disk.c, roster.c), which end in verb_commit() like a build.
 * Heritage: DIRECT (DMKDIR), DIRECTXA.
 * Simplification: the database is committed after the volume was written; a crash exactly between leaves the volume ahead by one.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "image.h"
#include "parse.h"
#include "verb.h"

/* What is known about where minidisks may lie when there is no volume to look at. */
static struct minidisk_space space_usual(void)
{
	return (struct minidisk_space){.first = (uint64_t)VOLUME_DEFAULT_CP_SECTORS,
				       .end = UINT64_C(1) << 32};
}

static struct minidisk_space space_of(const struct store *s)
{
	uint64_t first = store_area_first(s, VOLUME_AREA_MINIDISK),
		 count = store_area_count(s, VOLUME_AREA_MINIDISK);

	return (struct minidisk_space){true, first * VOLUME_SECTORS_PER_BLOCK,
				       (first + count) * VOLUME_SECTORS_PER_BLOCK};
}

/* What the database remembers of the volume. */
static struct minidisk_space space_remembered(struct database *d, const char *volser)
{
	uint64_t first, blocks;

	if (!database_space(d, volser, &first, &blocks))
		return space_usual();
	return (struct minidisk_space){true, first, first + blocks};
}

struct name name_of(const char *text)
{
	struct name n = {""};

	for (unsigned i = 0; text[i] != '\0' && i < sizeof(n.text) - 1; i++)
		n.text[i] = (char)toupper((unsigned char)text[i]);
	return n;
}

FILE *verb_to(const struct direct *d)
{
	return d->to != NULL ? d->to : d->out;
}

/* ---- the object directory ------------------------------------------------------------------------------------ */

/* Read an image as CP will. */
static int image_proof(const struct image *image, const struct store *s)
{
	struct object_source source = {object_memory_read, image->bytes, image->length};
	uint8_t *buf = storage_grow(NULL, OBJECT_ENTRY_MAX);
	struct object_directory d;
	struct object_user user;
	int status = object_open(&d, &source);

	for (uint32_t i = 0; status == OBJECT_OK && i < d.count; i++) {
		status = object_at(&d, i, &user);
		if (status == OBJECT_OK)
			status = object_read(&d, &user, buf);
	}
	free(buf);
	return status == OBJECT_OK
		       ? 0
		       : store_say(s, "the object directory cannot be built: %s", object_status_text(status));
}

static uint64_t generation_next(const struct store *s)
{
	struct store_slot context[2];
	struct object_directory d;

	return store_directory(s, context, &d) >= 0 ? d.generation + 1 : 1;
}

/* The volume must be the one that the directory speaks of. */
static int volume_check(const struct store *s, const struct model *model)
{
	if (strcmp(s->volser, model->volser) == 0)
		return 0;
	return store_say(s, "the directory is for volume %s, but this is %s", model->volser, s->volser);
}

static int image_write(const struct store *s, const struct model *model, const struct minidisk_space *space)
{
	struct image image;
	int status;

	image_build(&image, model, space, generation_next(s), store_now());
	status = image_proof(&image, s);
	if (status == 0)
		status = store_directory_write(s, image.bytes, image.length);
	image_free(&image);
	return status;
}

/* Build the object directory from the database as it is in this transaction, and write it. */
static int object_write(struct verb *v)
{
	struct messages m = v->m;
	struct model model = {0};
	int status = database_load(&v->c.d, &model) ? 0 : 1;

	m.quiet = v->c.count > 0; /* warnings were for those who changed something */
	if (status == 0)
		status = volume_check(&v->s, &model);
	if (status == 0) {
		check_model(&model, &v->space, &m);
		status = m.errors > 0;
	}
	if (status == 0)
		status = image_write(&v->s, &model, &v->space);
	model_free(&model);
	return status;
}

/* ---- a verb from its beginning to its end ------------------------------------------------------------------------- */

static int verb_open(struct verb *v, enum database_use use)
{
	const struct direct *d = v->d;
	int status = change_begin(&v->c, d->database, use, &v->m) ? 0 : 2;

	if (status == 0 && d->volume != NULL)
		status = store_open(&v->s, d->volume,
				    use == DATABASE_READ ? STORE_READ
				    : d->online          ? STORE_ONLINE
							 : STORE_WRITE,
				    d->out);
	if (status == 0 && d->iterations != 0)
		v->c.iterations = d->iterations;
	if (status == 0)
		v->space = v->s.fd >= 0 ? space_of(&v->s) : space_remembered(&v->c.d, v->c.old.volser);
	return status;
}

int verb_begin(struct verb *v, const struct direct *d, enum database_use use)
{
	int status;

	*v = (struct verb){.d = d, .s = {.fd = -1}};
	v->m = (struct messages){.out = d->out, .name = d->database, .json = d->json, .lenient = d->lenient};
	status = use == DATABASE_WRITE && d->volume != NULL ? pull_changes(d) : 0;
	if (status == 0)
		status = verb_open(v, use);
	if (status == 0 && use != DATABASE_READ && v->s.fd >= 0) {
		if (!database_space_note(&v->c.d, v->s.volser, v->space.first, v->space.end - v->space.first))
			status = 1;
	}
	return status;
}

int verb_fail(struct verb *v, const char *format, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	message_error(&v->m, NULL, "%s", text);
	return 1;
}

int verb_commit(struct verb *v, const char *format, ...)
{
	char what[200];
	va_list ap;
	int status;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	status = v->m.errors == 0 && change_check(&v->c, &v->space) ? 0 : 1;
	if (v->d->dry) {
		if (status == 0)
			change_show(&v->c, v->d->json, verb_to(v->d));
		return status;
	}
	if (status == 0 && v->s.fd >= 0)
		status = v->c.whole ? image_write(&v->s, &v->c.new, &v->space) : object_write(v);
	if (status == 0)
		status = change_commit(&v->c, what) ? 0 : 1;
	return status;
}

void verb_end(struct verb *v)
{
	change_end(&v->c);
	if (v->s.fd >= 0)
		store_close(&v->s);
	messages_free(&v->m);
}

/* ---- a source ---------------------------------------------------------------------------------------------------- */

/* Read and check a directory file into an empty model. Messages say how many errors there were. */
static int source_compile(struct model *model, const struct direct *d, const char *name,
			  const struct minidisk_space *space)
{
	struct messages m = {.out = d->out, .name = name, .json = d->json, .lenient = d->lenient};
	struct source source;

	if (!source_read(&source, name)) {
		fprintf(d->out, "%s: %s\n", name, strerror(errno));
		return 2;
	}
	m.source = &source;
	parse_source(model, &source, &m);
	check_model(model, space, &m);
	source_free(&source);
	messages_free(&m);
	if (m.errors > 0 && !d->json)
		fprintf(d->out, "%s: %u error%s: nothing was changed\n", name, m.errors,
			m.errors == 1 ? "" : "s");
	return m.errors > 0;
}

int direct_check(const struct direct *d, const char *source)
{
	struct minidisk_space space = space_usual();
	struct model model = {0};
	struct store s = {.fd = -1};
	int status = 0;

	if (d->volume != NULL) {
		status = store_open(&s, d->volume, STORE_READ, d->out);
		if (status != 0)
			return status;
		space = space_of(&s);
	}
	status = source_compile(&model, d, source, &space);
	if (status == 0 && d->volume != NULL)
		status = volume_check(&s, &model);
	store_close(&s);
	model_free(&model);
	return status;
}

/* The source becomes what the directory is to be. */
static int source_take(struct verb *v, const char *source)
{
	struct model empty = {0};
	int status;

	model_free(&v->c.new);
	v->c.new = empty;
	status = source_compile(&v->c.new, v->d, source, &v->space);
	if (status == 0 && v->s.fd >= 0)
		status = volume_check(&v->s, &v->c.new);
	if (status == 0)
		status = change_whole(&v->c) ? 0 : 1;
	return status;
}

int direct_build(const struct direct *d, const char *source)
{
	struct verb v;
	int status = verb_begin(&v, d, source != NULL ? DATABASE_MAKE : DATABASE_WRITE);

	if (status == 0 && source != NULL)
		status = source_take(&v, source);
	if (status == 0)
		status = verb_commit(&v, "build %s", source != NULL ? source : "");
	verb_end(&v);
	return status;
}

int direct_diff(const struct direct *d, const char *source)
{
	struct direct dry = *d;
	struct verb v;
	int status;

	dry.dry = true;
	dry.volume = NULL;
	status = verb_begin(&v, &dry, DATABASE_WRITE);
	if (status == 0)
		status = source_take(&v, source);
	if (status == 0)
		status = verb_commit(&v, "diff");
	verb_end(&v);
	return status;
}
