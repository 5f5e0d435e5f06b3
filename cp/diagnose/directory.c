/*
 * directory.c - DIAGNOSE X'3C' and X'84': the object directory, by a guest that may.
 *
 * Owns: the operations of X'84'. Before: cp/volume/swap.c and update.c. After: a user directory service in a virtual machine.
 * Heritage: DMKHVC's X'3C' for DIRECT, DMKUDU's X'84' for DirMaint.
 * Simplification: of X'84' the operations that need no room: password, classes, sizes.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/object.h>
#include <cp/pbkdf2.h>
#include <cp/sha256.h>
#include <cp/string.h>
#include <cp/task.h>
#include <cp/volume.h>
#include "handlers.h"

static int answer(struct diagnose *d, unsigned code, unsigned cc)
{
	diagnose_set_register(d, d->y, code);
	diagnose_set_condition(d, cc);
	return 0;
}

/* A name of the guest's, in ASCII, without the blanks behind it. */
static void name_take(char *to, const uint8_t *from, size_t length)
{
	memcpy(to, from, length);
	text_from_guest(to, length);
	to[length] = '\0';
	while (length > 0 && to[length - 1] == ' ')
		to[--length] = '\0';
	string_upper(to);
}

/* ---- X'3C' ----------------------------------------------------------------------------------------------------- */

static void report_none(void *context, const char *userid, bool removed)
{
	(void)context;
	(void)userid;
	(void)removed;
}

int diag_directory_swap(struct diagnose *d)
{
	struct volume *v;
	uint8_t raw[6];
	char label[7];
	int rc = diagnose_read(d, diagnose_register(d, d->x), raw, sizeof(raw)), status;

	if (rc)
		return rc;
	name_take(label, raw, sizeof(raw));
	v = volume_find(label);
	if (!v || v != volume_find(NULL))
		return answer(d, 8, 2);
	status = directory_swap(NULL, report_none, NULL);
	if (status == OBJECT_OK)
		return answer(d, 0, 0);
	if (status == OBJECT_MISSING || status == OBJECT_EMPTY)
		return answer(d, 4, 1);
	return answer(d, status == OBJECT_READ_ERROR ? 16 : 12, 2);
}

/* ---- X'84' ----------------------------------------------------------------------------------------------------- */

#define OPERAND_MOST 32

struct update {
	const struct update_kind *operation;
	char userid[9];
	char operand[OPERAND_MOST + 1];
};

struct update_kind {
	const char *name;
	uint16_t record;
	/* False: a bad operand. */
	bool (*apply)(const struct update *u, struct object_record *r);
};

/* The clock is salt enough: it is not to be secret, but to be another one each time. */
static void salt_make(uint8_t salt[SECRET_SALT], const char *userid)
{
	struct sha256 s;
	uint8_t digest[SHA256_DIGEST];
	tod_t now = arch_clock();

	sha256_init(&s);
	sha256_update(&s, salt, SECRET_SALT);
	sha256_update(&s, &now, sizeof(now));
	sha256_update(&s, userid, strlen(userid));
	sha256_final(&s, digest);
	memcpy(salt, digest, SECRET_SALT);
}

#define STEP 10 /* iterations between two yields, as in password.c */

static bool set_password(const struct update *u, struct object_record *r)
{
	struct object_secret *s = &((struct object_password *)r)->secret;
	struct pbkdf2 p;

	if (!u->operand[0] || strchr(u->operand, ' '))
		return false;
	salt_make(s->salt, u->userid);
	s->kind = SECRET_HASH;
	s->flags = strcmp(u->operand, u->userid) == 0 ? SECRET_WEAK : 0;
	s->iterations = be32_make(SECRET_ITERATIONS);
	pbkdf2_start(&p, u->operand, strlen(u->operand), s->salt, SECRET_SALT, 1, SECRET_ITERATIONS);
	while (!pbkdf2_step(&p, STEP))
		task_yield();
	memcpy(s->digest, p.result, sizeof(s->digest));
	memset(&p, 0, sizeof(p));
	return true;
}

static bool set_classes(const struct update *u, struct object_record *r)
{
	uint32_t classes = 0;

	for (const char *c = u->operand; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			classes |= OBJECT_CLASS_BIT(*c);
		else if (*c >= '1' && *c <= '6')
			classes |= 1u << (26 + *c - '1');
		else
			return false;
	}
	((struct object_machine *)r)->classes = be32_make(classes);
	return true;
}

/* "32M" in bytes; 0: no size. */
static uint64_t size_parse(const char *text)
{
	uint64_t n = 0;

	for (; *text >= '0' && *text <= '9' && n < OBJECT_STORAGE_MAX; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	n <<= *text == 'K' ? 10 : *text == 'M' ? 20 : *text == 'G' ? 30 : 63;
	return text[0] && !text[1] && n <= OBJECT_STORAGE_MAX && n % 4096 == 0 ? n : 0;
}

static bool set_storage(const struct update *u, struct object_record *r)
{
	struct object_machine *m = (struct object_machine *)r;
	uint64_t size = size_parse(u->operand);

	m->storage = be64_make(size);
	return size > 0 && size <= be64_get(m->maximum);
}

static bool set_maximum(const struct update *u, struct object_record *r)
{
	struct object_machine *m = (struct object_machine *)r;
	uint64_t size = size_parse(u->operand);

	m->maximum = be64_make(size);
	return size >= be64_get(m->storage);
}

static const struct update_kind operations[] = {
	{"LOGPASS", OBJECT_PASSWORD, set_password},
	{"PRIVLEGE", OBJECT_MACHINE, set_classes},
	{"STORAGE", OBJECT_MACHINE, set_storage},
	{"MAXSTOR", OBJECT_MACHINE, set_maximum},
};

#define BAD_OPERAND 3

static int apply(void *context, void *entry, size_t length)
{
	const struct update *u = context;
	const struct object_record *r;
	struct object_cursor c;

	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == u->operation->record)
			return u->operation->apply(
				       u, (struct object_record *)((uint8_t *)entry +
								   ((const uint8_t *)r - (uint8_t *)entry)))
				       ? 0
				       : BAD_OPERAND;
	return CP_CANNOT;
}

static const struct update_kind *operation_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	return NULL;
}

static int update_run(struct diagnose *d, struct update *u)
{
	int rc;

	if (!u->operation)
		return answer(d, 8, 1);
	rc = directory_update(u->userid, apply, u);
	switch (rc) {
	case 0:
		return answer(d, 0, 0);
	case 1:
		return answer(d, 4, 1);
	case DIRECTORY_BUSY:
		return answer(d, 16, 2);
	case BAD_OPERAND:
		return answer(d, 12, 1);
	default:
		return answer(d, 20, 2);
	}
}

int diag_directory_update(struct diagnose *d)
{
	uint32_t length = (uint32_t)diagnose_register(d, d->y);
	uint8_t list[16 + OPERAND_MOST];
	char name[9];
	struct update u;
	int rc;

	if (length < 17 || length > sizeof(list))
		return DIAG_SPECIFICATION;
	rc = diagnose_read(d, diagnose_register(d, d->x), list, length);
	if (rc)
		return rc;
	name_take(u.userid, list, 8);
	name_take(name, list + 8, 8);
	name_take(u.operand, list + 16, length - 16);
	u.operation = operation_find(name);
	rc = update_run(d, &u);
	memset(list, 0, sizeof(list));
	memset(&u, 0, sizeof(u));
	return rc;
}
