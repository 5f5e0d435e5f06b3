/*
 * statement.c - what each statement of the directory means.
 *
 * Owns: one short function a statement. Before it: operand.c, which has checked the operands' form. After it: check.c.
 * Simplification: the defaults are given later, by user_resolve(), since a profile may have its say in between.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"
#include "secret.h"

static const struct place *place_of(const struct parser *p)
{
	return &p->text.words[0].place;
}

/* A word that the grammar has measured into a name field. */
static void name_copy(char *to, const struct value *v, size_t size)
{
	snprintf(to, size, "%s", v->text);
}

void statement_directory(struct parser *p, const struct statement *s, const struct values *v)
{
	if (p->model->has_directory) {
		message_error(p->m, place_of(p), "DIRECTORY stands twice: the first is in line %u",
			      p->model->place.line);
		return;
	}
	p->model->has_directory = true;
	p->model->place = *place_of(p);
	p->model->vdev = (uint16_t)value_of(s, v, 0)->number;
	p->model->devtype = (uint16_t)value_of(s, v, 1)->keyword->code;
	if (value_of(s, v, 1)->keyword->code == KEYWORD_UNSUPPORTED)
		p->model->devtype = 0x9336;
	name_copy(p->model->volser, value_of(s, v, 2), sizeof(p->model->volser));
}

/* ---- the statements that open an entry ----------------------------------------------------------------------- */

/* A new entry of this name, unless there is one. */
static bool entry_open(struct parser *p, struct table *t, const struct value *name)
{
	const struct user *old = table_find(t, name->text);

	if (old != NULL) {
		message_error(p->m, &name->word->place, "%s is defined twice: the first is in line %u",
			      name->text, old->place.line);
		return false;
	}
	p->entry = table_add(p->model, t, name->text);
	p->entry->place = name->word->place;
	return true;
}

void statement_profile(struct parser *p, const struct statement *s, const struct values *v)
{
	if (p->model->users.count > 0)
		message_error(p->m, place_of(p), "PROFILE must stand before the first USER");
	if (entry_open(p, &p->model->profiles, value_of(s, v, 0)))
		p->entry->profile = true;
}

/* What stands in the password's place: a word of its own, a hash, a row of the database's hashes, or a password. */
static void secret_take(struct parser *p, struct secret *s, const struct value *v, const char *userid)
{
	s->kind = SECRET_HASH;
	if (p->rows && strncmp(v->text, "SECRET:", 7) == 0) {
		s->row = strtoll(v->text + 7, NULL, 10);
		return;
	}
	if (secret_is_hash(v->text)) {
		secret_parse(v->text, v->argument->text, s);
		return;
	}
	s->text = arena_text(&p->model->arena, v->text, v->word->length);
	s->weak = strcmp(v->text, userid) == 0;
}

static void password_take(struct parser *p, struct user *u, const struct value *v)
{
	uint8_t kind = secret_word(v->text);

	if (kind != SECRET_HASH && kind != SECRET_ALL)
		u->password.kind = kind;
	else
		secret_take(p, &u->password, v, u->userid);
}

/* Line end, line delete, character delete and escape: those that are named; the others stay as usual. */
static void edit_take(struct user *u, const struct statement *s, const struct values *v)
{
	static const char usual[4] = {'#', '[', '@', '"'};

	memcpy(u->edit, usual, sizeof(u->edit));
	for (unsigned i = 0; i < 4; i++) {
		const struct value *symbol = value_of(s, v, 6 + i);

		if (symbol == NULL)
			return;
		u->given |= GIVEN_EDIT;
		if (symbol->number != 1)
			u->edit[i] = (uint8_t)symbol->number;
	}
}

void statement_user(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *storage = value_of(s, v, 2), *maximum = value_of(s, v, 3),
			   *classes = value_of(s, v, 4);
	const struct value *priority = value_of(s, v, 5);
	char bad;

	if (!entry_open(p, &p->model->users, value_of(s, v, 0)))
		return;
	password_take(p, p->entry, value_of(s, v, 1));
	if (storage != NULL) {
		p->entry->storage = storage->number;
		p->entry->storage_place = storage->word->place;
		p->entry->given |= GIVEN_STORAGE;
	}
	if (maximum != NULL) {
		p->entry->maximum = maximum->number;
		p->entry->given |= GIVEN_MAXIMUM;
	}
	if (classes != NULL && classes_parse(classes->text, &p->entry->classes, &bad))
		p->entry->given |= GIVEN_CLASSES;
	if (priority != NULL) {
		p->entry->priority = (uint8_t)priority->number;
		p->entry->given |= GIVEN_PRIORITY;
	}
	edit_take(p->entry, s, v);
}

void statement_include(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *name = value_of(s, v, 0);
	struct guess guess = {.word = name->text};
	char near[64];

	if (p->statements != 2) {
		message_warning(
			p->m, place_of(p),
			"this INCLUDE is not reached, and is not read: expected it directly after USER");
		return;
	}
	p->entry->include = model_find(p->model, true, name->text);
	p->entry->include_place = name->word->place;
	if (p->entry->include != NULL)
		return;
	for (uint32_t i = 0; i < p->model->profiles.count && i < 1000; i++)
		guess_offer(&guess, p->model->profiles.entries[i]->userid);
	message_error(p->m, &name->word->place, "there is no PROFILE %s%s", name->text,
		      guess_text(&guess, near, sizeof(near)));
}

/* ---- general statements -------------------------------------------------------------------------------------- */

void statement_account(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *distribution = value_of(s, v, 1);

	name_copy(p->entry->account, value_of(s, v, 0), sizeof(p->entry->account));
	if (distribution != NULL)
		name_copy(p->entry->distribution, distribution, sizeof(p->entry->distribution));
	p->entry->given |= GIVEN_ACCOUNT;
}

void statement_machine(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *cpus = value_of(s, v, 1);

	p->entry->mode = (uint8_t)value_of(s, v, 0)->keyword->code;
	p->entry->cpus = cpus != NULL ? (uint8_t)cpus->number : 1;
	p->entry->given |= GIVEN_MACHINE;
}

void statement_storage(struct parser *p, const struct statement *s, const struct values *v)
{
	p->entry->storage = value_of(s, v, 0)->number;
	p->entry->storage_place = *place_of(p);
	p->entry->given |= GIVEN_STORAGE;
}

void statement_maxstorage(struct parser *p, const struct statement *s, const struct values *v)
{
	p->entry->maximum = value_of(s, v, 0)->number;
	p->entry->given |= GIVEN_MAXIMUM;
}

void statement_class(struct parser *p, const struct statement *s, const struct values *v)
{
	char bad;

	if (classes_parse(value_of(s, v, 0)->text, &p->entry->classes, &bad))
		p->entry->given |= GIVEN_CLASSES;
}

void statement_option(struct parser *p, const struct statement *s, const struct values *v)
{
	(void)s;
	for (unsigned i = 0; i < v->count; i++) {
		p->entry->options |= v->v[i].keyword->code;
		if (v->v[i].keyword->code == OBJECT_OPTION_CPUID)
			p->entry->cpuid = (uint32_t)v->v[i].number;
		if (v->v[i].keyword->code == OBJECT_OPTION_MAXCONN)
			p->entry->maxconn = (uint32_t)v->v[i].number;
	}
	p->entry->given |= GIVEN_OPTION;
}

/* Up to four hexadecimal digits are a device address: a saved system of such a name cannot be named here, as in z/VM. */
static bool is_address(const char *text)
{
	return strlen(text) <= 4 && strspn(text, "0123456789ABCDEF") == strlen(text);
}

void statement_ipl(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *what = value_of(s, v, 0);
	struct user *u = p->entry;

	u->ipl_place = what->word->place;
	u->given |= GIVEN_IPL;
	if (is_address(what->text))
		u->ipl_vdev = (uint16_t)strtoul(what->text, NULL, 16);
	else
		name_copy(u->ipl_name, what, sizeof(u->ipl_name));
	for (unsigned i = 1; i < v->count; i++)
		if (v->v[i].keyword->argument->kind == OPERAND_REST)
			u->parm = arena_text(&p->model->arena, v->v[i].text, strlen(v->v[i].text));
		else
			name_copy(u->loadparm, &v->v[i], sizeof(u->loadparm));
}

void statement_share(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *share = value_of(s, v, 0), *maximum = value_of(s, v, 1),
			   *most = value_of(s, v, 2);
	const struct value *limit = value_of(s, v, 3);
	struct share h = {.kind = (uint8_t)share->keyword->code, .value = (uint32_t)share->number};

	if (maximum != NULL) {
		h.limit_kind = (uint8_t)maximum->keyword->code;
		h.limit_value = (uint32_t)maximum->number;
	} else if (most != NULL) {
		h.limit_kind =
			strchr(most->text, '%') != NULL ? OBJECT_SHARE_ABSOLUTE : OBJECT_SHARE_RELATIVE;
		h.limit_value = (uint32_t)most->number;
	}
	if (h.limit_kind == OBJECT_SHARE_ABSOLUTE && h.limit_value > 1000) {
		message_error(p->m, &(most != NULL ? most : maximum)->word->place,
			      "a share is at most 100%%");
		return;
	}
	h.limit = limit != NULL       ? (uint8_t)limit->keyword->code
		  : h.limit_kind != 0 ? OBJECT_SHARE_LIMITSOFT
				      : OBJECT_SHARE_NOLIMIT;
	if (h.limit != OBJECT_SHARE_NOLIMIT)
		message_warning(p->m, place_of(p),
				"the limit of a share is kept, but CP does not act on it yet");
	p->entry->share = h;
	p->entry->given |= GIVEN_SHARE;
}

void statement_logonby(struct parser *p, const struct statement *s, const struct values *v)
{
	(void)s;
	for (unsigned i = 0; i < v->count; i++) {
		if (p->entry->logonby.count == OBJECT_LOGONBY_MAX) {
			message_error(p->m, &v->v[i].word->place,
				      "%s is one too many: LOGONBY takes at most %u userids", v->v[i].text,
				      OBJECT_LOGONBY_MAX);
			return;
		}
		items_add(&p->model->arena, &p->entry->logonby, v->v[i].text, &v->v[i].word->place);
	}
}

void statement_autolog(struct parser *p, const struct statement *s, const struct values *v)
{
	(void)s;
	for (unsigned i = 0; i < v->count; i++)
		items_add(&p->model->arena, &p->entry->autolog, v->v[i].text, &v->v[i].word->place);
}

void statement_command(struct parser *p, const struct statement *s, const struct values *v)
{
	items_add(&p->model->arena, &p->entry->commands, value_of(s, v, 0)->text, place_of(p));
}

/* ---- devices ------------------------------------------------------------------------------------------------- */

static void device_add(struct parser *p, struct device *d, const struct value *vdev)
{
	const struct device *old = user_find_device(p->entry, d->vdev);

	d->place = vdev->word->place;
	if (old != NULL)
		message_error(p->m, &d->place,
			      "device %04X is defined twice in the entry of %s: the first is in line %u",
			      d->vdev, p->entry->userid, old->place.line);
	else if (p->entry->device_count == OBJECT_DEVICES_MAX)
		message_error(p->m, &d->place, "%s has more than %u devices", p->entry->userid,
			      OBJECT_DEVICES_MAX);
	else
		user_add_device(&p->model->arena, p->entry, d);
}

void statement_console(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *class = value_of(s, v, 2), *secuser = value_of(s, v, 3);
	struct device d = {.kind = DEVICE_CONSOLE,
			   .vdev = (uint16_t)value_of(s, v, 0)->number,
			   .devtype = (uint16_t)value_of(s, v, 1)->keyword->code,
			   .class = class != NULL ? (uint8_t) class->number : 'T',
			   .observer = value_of(s, v, 4) != NULL};

	if (d.class == '*') {
		message_error(p->m, &class->word->place,
			      "class * is for readers only: expected one letter or digit");
		return;
	}
	if (secuser != NULL)
		name_copy(d.userid, secuser, sizeof(d.userid));
	device_add(p, &d, value_of(s, v, 0));
}

/* What a unit record machine is, by its type; 0 for the 2540, which is two. */
static uint8_t unit_of(uint16_t devtype)
{
	switch (devtype) {
	case 0x2540:
		return 0;
	case 0x3505:
		return DISK_SPOOL_READER;
	case 0x3525:
		return DISK_SPOOL_PUNCH;
	default:
		return DISK_SPOOL_PRINTER;
	}
}

void statement_spool(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *type = value_of(s, v, 1), *unit = value_of(s, v, 2), *class = value_of(s, v, 3);
	struct device d = {.kind = DEVICE_SPOOL,
			   .vdev = (uint16_t)value_of(s, v, 0)->number,
			   .devtype = (uint16_t)type->keyword->code};

	d.unit = unit_of(d.devtype);
	if (d.unit == 0 && (unit == NULL || unit->keyword->code == DISK_SPOOL_PRINTER)) {
		message_error(p->m, unit != NULL ? &unit->word->place : &p->text.end,
			      "a 2540 is a READER or a PUNCH: expected one of them");
		return;
	}
	if (unit != NULL && d.unit != 0 && unit->keyword->code != d.unit) {
		message_error(p->m, &unit->word->place, "a %s is no %s", type->text, unit->keyword->name);
		return;
	}
	if (d.unit == 0)
		d.unit = (uint8_t)unit->keyword->code;
	d.class = class != NULL ? (uint8_t) class->number : d.unit == DISK_SPOOL_READER ? '*' : 'A';
	if (d.class == '*' && d.unit != DISK_SPOOL_READER)
		message_error(p->m, &class->word->place,
			      "class * is for readers only: expected one letter or digit");
	else
		device_add(p, &d, value_of(s, v, 0));
}

static struct secret *mdisk_secret(struct parser *p, const struct value *v)
{
	struct secret *s;

	if (v == NULL)
		return NULL;
	s = arena_alloc(&p->model->arena, sizeof(*s));
	if (secret_word(v->text) == SECRET_ALL)
		s->kind = SECRET_ALL;
	else
		secret_take(p, s, v, "");
	return s;
}

void statement_mdisk(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *start = value_of(s, v, 2), *blocks = value_of(s, v, 3), *mode = value_of(s, v, 5);
	struct device d = {.kind = DEVICE_MDISK,
			   .vdev = (uint16_t)value_of(s, v, 0)->number,
			   .devtype = (uint16_t)value_of(s, v, 1)->keyword->code,
			   .start = (uint32_t)start->number,
			   .sectors = (uint32_t)blocks->number,
			   .mode = mode != NULL ? (uint8_t)mode->keyword->code : LINK_W};

	if (d.sectors != 0 && d.sectors - 1 > UINT32_MAX - d.start) {
		message_error(p->m, &blocks->word->place,
			      "the minidisk ends beyond the last block that any volume can have");
		return;
	}
	name_copy(d.volser, value_of(s, v, 4), sizeof(d.volser));
	for (unsigned i = 0; i < ACCESSES; i++)
		d.secret[i] = mdisk_secret(p, value_of(s, v, 6 + i));
	device_add(p, &d, value_of(s, v, 0));
}

void statement_link(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *to = value_of(s, v, 2), *mode = value_of(s, v, 3);
	struct device d = {.kind = DEVICE_LINK,
			   .owner_vdev = (uint16_t)value_of(s, v, 1)->number,
			   .vdev = (uint16_t)(to != NULL ? to : value_of(s, v, 1))->number,
			   .mode = mode != NULL ? (uint8_t)mode->keyword->code : LINK_R};

	name_copy(d.userid, value_of(s, v, 0), sizeof(d.userid));
	device_add(p, &d, to != NULL ? to : value_of(s, v, 1));
}

/* ---- what is kept, though CP does not act on it ------------------------------------------------------------------- */

/* All operands from the n-th on, in full words. */
static const char *operands_text(struct parser *p, const struct values *v, unsigned n)
{
	char text[OBJECT_COMMAND_MAX + 1] = "";
	size_t at = 0;

	for (unsigned i = n; i < v->count && at < sizeof(text); i++) {
		const struct value *w = &v->v[i];
		const char *word = w->keyword != NULL ? w->keyword->name : w->text;

		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i > n ? " " : "", word);
		if (w->argument != NULL && at < sizeof(text))
			at += (size_t)snprintf(text + at, sizeof(text) - at, " %s", w->text);
	}
	if (at >= sizeof(text)) {
		message_error(p->m, place_of(p), "the statement is too long: expected at most %u characters",
			      OBJECT_COMMAND_MAX);
		return NULL;
	}
	return arena_text(&p->model->arena, text, at);
}

static void kept_warn(struct parser *p, const struct statement *s)
{
	message_warning(p->m, place_of(p), "%s is kept in the database, but CP does not act on it yet",
			s->name);
}

void statement_kept(struct parser *p, const struct statement *s, const struct values *v)
{
	const char *text = operands_text(p, v, 0);

	if (text == NULL)
		return;
	items_add(&p->model->arena, &p->entry->kept, text, place_of(p));
	p->entry->kept.last->statement = s->name;
	kept_warn(p, s);
}

void statement_kept_device(struct parser *p, const struct statement *s, const struct values *v)
{
	struct device d = {.kind = s->name[0] == 'D'   ? DEVICE_DEDICATE
				   : s->name[0] == 'S' ? DEVICE_SPECIAL
						       : DEVICE_NICDEF,
			   .vdev = (uint16_t)value_of(s, v, 0)->number,
			   .text = operands_text(p, v, 1)};

	if (d.text == NULL)
		return;
	device_add(p, &d, value_of(s, v, 0));
	kept_warn(p, s);
}

/* V-DISK and T-DISK. */
void statement_temporary(struct parser *p, const struct statement *s, const struct values *v)
{
	const struct value *mode = value_of(s, v, 4);
	struct device d = {.kind = (enum device_kind)value_of(s, v, 2)->keyword->code,
			   .vdev = (uint16_t)value_of(s, v, 0)->number,
			   .devtype = (uint16_t)value_of(s, v, 1)->keyword->code,
			   .sectors = (uint32_t)value_of(s, v, 3)->number,
			   .mode = mode != NULL ? (uint8_t)mode->keyword->code : LINK_MR};

	device_add(p, &d, value_of(s, v, 0));
}
