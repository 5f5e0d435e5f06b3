/*
 * direct.c - the directory compiler from one end to the other.
 *
 * Owns: the order of the steps, and that all of them happen or none. Before it: parse.c, check.c, secret.c, database.c, image.c,
 * store.c. After it: `vm40 direct`.
 * Heritage: DIRECT (DMKDIR), DIRECTXA.
 * Simplification: the database is committed after the volume was written; a crash exactly between leaves the volume ahead by one.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database.h"
#include "directory.h"
#include "image.h"
#include "parse.h"
#include "secret.h"
#include "store.h"

static unsigned iterations = SECRET_ITERATIONS;

void direct_iterations(unsigned n)
{
	iterations = n >= 1 && n <= SECRET_ITERATIONS_MAX ? n : SECRET_ITERATIONS;
}

/* What is known about where minidisks may lie. */
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

/* ---- the source ---------------------------------------------------------------------------------------------- */

/* Read and check a directory file into an empty model. Messages say how many errors there were. */
static int source_compile(struct model *model, const char *name, const struct minidisk_space *space,
			  FILE *out)
{
	struct messages m = {.out = out, .name = name};
	struct resolved r = {0};
	struct source source;

	if (!source_read(&source, name)) {
		fprintf(out, "%s: %s\n", name, strerror(errno));
		return 2;
	}
	m.source = &source;
	parse_source(model, &source, &m);
	check_model(model, space, &m, &r);
	resolved_free(&r);
	source_free(&source);
	if (m.errors > 0)
		fprintf(out, "%s: %u error%s: nothing was changed\n", name, m.errors,
			m.errors == 1 ? "" : "s");
	return m.errors > 0;
}

/* The volume must be the one that the directory speaks of. */
static int volume_check(const struct store *s, const struct model *model)
{
	if (strcmp(s->volser, model->volser) == 0)
		return 0;
	return store_say(s, "the directory is for volume %s, but this is %s", model->volser, s->volser);
}

int direct_check(const char *source, const char *volume, FILE *out)
{
	struct minidisk_space space = space_usual();
	struct model model = {0};
	struct store s = {.fd = -1};
	int status = 0;

	if (volume != NULL) {
		status = store_open(&s, volume, false, out);
		if (status != 0)
			return status;
		space = space_of(&s);
	}
	status = source_compile(&model, source, &space, out);
	if (status == 0 && volume != NULL)
		status = volume_check(&s, &model);
	store_close(&s);
	model_free(&model);
	return status;
}

/* ---- the database -------------------------------------------------------------------------------------------- */

/* Compile a source into the database, up to but not including the commit. */
static int compile_into(struct database *d, const char *source, const struct minidisk_space *space, FILE *out)
{
	struct model model = {0};
	int status = source_compile(&model, source, space, out);

	if (status == 0 && !secrets_seal(&model, iterations)) {
		fprintf(out, "%s: the system gives no random numbers\n", source);
		status = 1;
	}
	if (status == 0)
		status = database_begin(d) && database_store(d, &model) ? 0 : 1;
	model_free(&model);
	return status;
}

int direct_compile(const char *source, const char *database, FILE *out)
{
	struct messages m = {.out = out, .name = database};
	struct minidisk_space space = space_usual();
	struct database d;
	int status = database_open(&d, database, true, &m) ? 0 : 2;

	if (status == 0)
		status = compile_into(&d, source, &space, out);
	if (status == 0)
		status = database_commit(&d) ? 0 : 1;
	database_close(&d);
	return status;
}

int direct_users(const char *database, void (*each)(void *context, const char *userid), void *context)
{
	sqlite3_stmt *s = NULL;
	sqlite3 *db;
	int rc = sqlite3_open_v2(database, &db, SQLITE_OPEN_READONLY, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "SELECT name FROM entry WHERE kind = 'USER' ORDER BY name", -1,
					&s, NULL);
	while (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		if (sqlite3_column_text(s, 0) != NULL)
			each(context, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : 2;
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

/* Build the object directory from the database as it is in this transaction, and write it. */
static int object_write(struct database *d, struct store *s, struct messages *m)
{
	struct minidisk_space space = space_of(s);
	struct model model = {0};
	struct resolved r = {0};
	struct image image = {0};
	int status = database_load(d, &model) ? 0 : 1;

	if (status == 0)
		status = volume_check(s, &model);
	if (status == 0) {
		check_model(&model, &space, m, &r);
		status = m->errors > 0;
	}
	if (status == 0) {
		image_build(&image, &model, &r, &space, generation_next(s), store_now());
		status = image_proof(&image, s);
	}
	if (status == 0)
		status = store_directory_write(s, image.bytes, image.length);
	image_free(&image);
	resolved_free(&r);
	model_free(&model);
	return status;
}

static int build(struct database *d, const char *source, struct store *s, struct messages *m)
{
	struct minidisk_space space = space_of(s);
	int status;

	if (source != NULL)
		status = compile_into(d, source, &space, m->out);
	else
		status = database_begin(d) ? 0 : 1;
	if (status == 0)
		status = object_write(d, s, m);
	if (status == 0)
		status = database_commit(d) ? 0 : 1;
	return status;
}

int direct_build(const char *source, const char *database, const char *volume, FILE *out)
{
	struct messages m = {.out = out, .name = database, .quiet = source != NULL};
	struct database d;
	struct store s;
	int status = store_open(&s, volume, true, out);

	if (status != 0)
		return status;
	status = database_open(&d, database, source != NULL, &m) ? build(&d, source, &s, &m) : 2;
	database_close(&d);
	store_close(&s);
	return status;
}
