/*
 * spool.c - spool files in and out, from the host's side.
 *
 * Owns: the host's way through the spool area. Before it: store.c. After it: the vm40 command; CP's own way is cp/spool/.
 * Heritage: the card reader and the line printer of the machine room, and DMKSPL.
 * Simplification: only while CP is down.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cp/crc32.h>
#include <cp/format.h>
#include "arena.h"
#include "spool.h"
#include "volume.h"

#define PLACES_MAX (1u << 20) /* far more than there are numbers for spool files */

const char *spool_device_name(uint8_t device)
{
	static const char *const names[] = {[DISK_SPOOL_READER] = "READER",
					    [DISK_SPOOL_PUNCH] = "PUNCH",
					    [DISK_SPOOL_PRINTER] = "PRINTER",
					    [DISK_SPOOL_CONSOLE] = "CONSOLE"};

	return device >= DISK_SPOOL_READER && device <= DISK_SPOOL_CONSOLE ? names[device] : "?";
}

/* ---- the table and the map of blocks ------------------------------------------------------------------------- */

/* Where block number `sequence` of a file is named: the number of its indirect block, if any, and the place in it. */
static int indirect_of(uint32_t sequence, uint32_t *place)
{
	if (sequence < DISK_SPOOL_DIRECT) {
		*place = sequence;
		return -1;
	}
	*place = (sequence - DISK_SPOOL_DIRECT) % DISK_SPOOL_PER_INDIRECT;
	return (int)((sequence - DISK_SPOOL_DIRECT) / DISK_SPOOL_PER_INDIRECT);
}

static uint32_t indirect_count(uint32_t blocks)
{
	return blocks <= DISK_SPOOL_DIRECT
		       ? 0
		       : (blocks - DISK_SPOOL_DIRECT + DISK_SPOOL_PER_INDIRECT - 1) / DISK_SPOOL_PER_INDIRECT;
}

static bool in_area(const struct spool *p, uint32_t block)
{
	return block >= p->first && block - p->first < p->blocks;
}

/* Read an indirect block of a file and check it. */
static bool indirect_read(const struct spool *p, const struct disk_spool_file *f, uint32_t n,
			  struct disk_spool_indirect *x)
{
	uint32_t block = be32_get(f->indirect[n]);

	return in_area(p, block) && store_read_block(p->store, block, x) &&
	       memcmp(x->magic, DISK_SPOOL_INDIRECT_MAGIC, 4) == 0 &&
	       crc32_update(0, (uint8_t *)x + 8, sizeof(*x) - 8) == be32_get(x->crc) &&
	       be64_get(x->serial) == be64_get(f->serial);
}

/* Numbers of all data blocks of a file, malloc'ed; NULL if they cannot be read or lie outside the area. */
static uint32_t *file_blocks(const struct spool *p, const struct disk_spool_file *f)
{
	uint32_t count = be32_get(f->blocks), *list = storage_grow(NULL, count * sizeof(*list));
	struct disk_spool_indirect x;
	int have = -1;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t place;
		int n = indirect_of(i, &place);

		if (n >= 0 && n != have && !indirect_read(p, f, (uint32_t)n, &x)) {
			free(list);
			return NULL;
		}
		have = n;
		list[i] = be32_get(n < 0 ? f->direct[place] : x.block[place]);
		if (!in_area(p, list[i])) {
			free(list);
			return NULL;
		}
	}
	return list;
}

static bool mark(struct spool *p, uint32_t block)
{
	bool fresh = p->used[block - p->first] == 0;

	p->used[block - p->first] = 1;
	return fresh;
}

/* Take a file's blocks out of the free ones. False: it names blocks that cannot be, or that are another's. */
static bool file_claim(struct spool *p, const struct disk_spool_file *f)
{
	uint32_t *list = file_blocks(p, f);
	bool good = list != NULL;

	for (uint32_t i = 0; list != NULL && i < be32_get(f->blocks); i++)
		good = mark(p, list[i]) && good;
	for (uint32_t i = 0; list != NULL && i < indirect_count(be32_get(f->blocks)); i++)
		good = mark(p, be32_get(f->indirect[i])) && good;
	free(list);
	return good;
}

static bool file_good(const struct spool *p, const struct disk_spool_file *f)
{
	return memcmp(f->magic, DISK_SPOOL_FILE_MAGIC, 4) == 0 &&
	       crc32_update(0, (const uint8_t *)f + 8, sizeof(*f) - 8) == be32_get(f->crc) &&
	       be16_get(f->id) >= 1 && be16_get(f->id) <= DISK_SPOOL_ID_MAX &&
	       be32_get(f->blocks) <= DISK_SPOOL_BLOCKS_MAX && be32_get(f->blocks) <= p->blocks;
}

static uint8_t place_judge(struct spool *p, uint32_t n)
{
	static const struct disk_spool_file nothing;
	const struct disk_spool_file *f = &p->files[n];

	if (memcmp(f, &nothing, sizeof(nothing)) == 0)
		return PLACE_FREE;
	if (file_good(p, f) && file_claim(p, f))
		return PLACE_FILE;
	store_say(p->store, "spool file in place %u is damaged", n);
	p->damaged++;
	return PLACE_DAMAGED;
}

bool spool_load(struct spool *p, const struct store *s)
{
	uint64_t table = (uint64_t)store_area_first(s, VOLUME_AREA_SPOOL_FILES) * VOLUME_BLOCK;

	*p = (struct spool){.store = s};
	p->places = store_area_count(s, VOLUME_AREA_SPOOL_FILES) * VOLUME_SECTORS_PER_BLOCK;
	p->first = store_area_first(s, VOLUME_AREA_SPOOL_DATA);
	p->blocks = store_area_count(s, VOLUME_AREA_SPOOL_DATA);
	if (p->places > PLACES_MAX) {
		store_say(s, "the label is damaged: a table of %u spool files cannot be", p->places);
		return false;
	}
	p->files = storage_grow(NULL, (size_t)p->places * sizeof(*p->files));
	p->state = storage_grow(NULL, p->places);
	p->used = storage_grow(NULL, p->blocks);
	memset(p->used, 0, p->blocks);
	if (!store_read(s, table, p->files, (size_t)p->places * sizeof(*p->files))) {
		spool_unload(p);
		return false;
	}
	for (uint32_t i = 0; i < p->places; i++)
		p->state[i] = place_judge(p, i);
	return true;
}

void spool_unload(struct spool *p)
{
	free(p->files);
	free(p->state);
	free(p->used);
	*p = (struct spool){0};
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

/* Read data block `sequence` of a file and check it. */
static bool data_read(const struct spool *p, const struct disk_spool_file *f, uint32_t block,
		      uint32_t sequence, struct disk_spool_block *b)
{
	return store_read_block(p->store, block, b) && memcmp(b->magic, DISK_SPOOL_DATA_MAGIC, 4) == 0 &&
	       be16_get(b->used) <= DISK_SPOOL_DATA_ROOM &&
	       crc32_update(0, (uint8_t *)b + 8, DISK_SPOOL_DATA_HEAD - 8 + be16_get(b->used)) ==
		       be32_get(b->crc) &&
	       be64_get(b->serial) == be64_get(f->serial) && be32_get(b->sequence) == sequence;
}

/* Call each(context, record) for the records of a block; false if they do not fit into it. */
static bool records_walk(const struct disk_spool_block *b,
			 void (*each)(void *context, const struct disk_spool_record *r), void *context)
{
	size_t used = be16_get(b->used), at = 0;

	while (at < used) {
		const struct disk_spool_record *r = (const struct disk_spool_record *)(b->data + at);

		if (used - at < DISK_SPOOL_RECORD_HEAD ||
		    be16_get(r->length) > used - at - DISK_SPOOL_RECORD_HEAD)
			return false;
		if (each != NULL)
			each(context, r);
		at += DISK_SPOOL_RECORD_HEAD + be16_get(r->length);
	}
	return true;
}

static unsigned file_walk(const struct spool *p, const struct disk_spool_file *f,
			  void (*each)(void *context, const struct disk_spool_record *r), void *context)
{
	uint32_t *list = file_blocks(p, f);
	struct disk_spool_block b;
	unsigned damaged = list == NULL;

	for (uint32_t i = 0; list != NULL && i < be32_get(f->blocks); i++)
		if (!data_read(p, f, list[i], i, &b) || !records_walk(&b, each, context))
			damaged++;
	free(list);
	return damaged;
}

unsigned spool_check(const struct spool *p, const struct disk_spool_file *f)
{
	return file_walk(p, f, NULL, NULL);
}

struct copying {
	FILE *to;
	bool text, ebcdic;
};

/* How many line ends a printer's command makes: bits 3 and 4 say the spaces, 80 a skip to channel 1. */
static const char *spacing(uint8_t control)
{
	switch (control & 0xf8) {
	case 0x88:
		return "\f";
	case 0x10:
		return "\n\n";
	case 0x18:
		return "\n\n\n";
	default:
		return "\n";
	}
}

static void copy_text(struct copying *c, const struct disk_spool_record *r)
{
	char line[DISK_SPOOL_RECORD_MAX];
	size_t length = be16_get(r->length);

	memcpy(line, r->text, length);
	if (c->ebcdic)
		ebcdic_to_ascii(line, length);
	while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\0'))
		length--;
	fwrite(line, 1, length, c->to);
	if (length > 0 && (r->control & 0xf8) == 0x88)
		fputc('\n', c->to);
	fputs(spacing(r->control), c->to);
}

static void copy_record(void *context, const struct disk_spool_record *r)
{
	struct copying *c = context;

	if (c->text)
		copy_text(c, r);
	else
		fwrite(r->text, 1, be16_get(r->length), c->to);
}

static const struct disk_spool_file *file_find(const struct spool *p, unsigned id)
{
	for (uint32_t i = 0; i < p->places; i++)
		if (p->state[i] == PLACE_FILE && be16_get(p->files[i].id) == id)
			return &p->files[i];
	return NULL;
}

static int file_copy(const struct spool *p, unsigned id, enum volume_mode mode, FILE *to)
{
	const struct disk_spool_file *f = file_find(p, id);
	struct copying c = {.to = to, .text = mode == VOLUME_TEXT};
	unsigned damaged;

	if (f == NULL)
		return store_say(p->store, "there is no spool file %04u", id);
	c.ebcdic = f->charset != DISK_SPOOL_ASCII;
	damaged = file_walk(p, f, copy_record, &c);
	if (damaged > 0)
		return store_say(p->store, "spool file %04u is damaged: %u blocks are left out", id, damaged);
	if (fflush(to) != 0)
		return store_say(p->store, "cannot write the copy of spool file %04u: %s", id,
				 strerror(errno));
	return STORE_DONE;
}

int volume_get_spool(const char *path, unsigned id, enum volume_mode mode, FILE *to, FILE *out)
{
	struct store s;
	struct spool p;
	int status = store_open(&s, path, false, out);

	if (status != STORE_DONE)
		return status;
	status = STORE_FAILED;
	if (spool_load(&p, &s)) {
		status = file_copy(&p, id, mode, to);
		spool_unload(&p);
	}
	store_close(&s);
	return status;
}

/* ---- purging ------------------------------------------------------------------------------------------------- */

static bool owner_is(const struct disk_spool_file *f, const char *userid)
{
	size_t length = strlen(userid);

	return length <= 8 && strncasecmp((const char *)f->owner, userid, length) == 0 &&
	       (length == 8 || f->owner[length] == ' ');
}

static bool place_write(const struct spool *p, uint32_t place, const struct disk_spool_file *f)
{
	uint64_t table = (uint64_t)store_area_first(p->store, VOLUME_AREA_SPOOL_FILES) * VOLUME_BLOCK;

	return store_write(p->store, table + (uint64_t)place * sizeof(*f), f, sizeof(*f)) &&
	       store_flush(p->store);
}

static int files_purge(struct spool *p, unsigned id, const char *userid)
{
	static const struct disk_spool_file nothing;
	unsigned count = 0;

	for (uint32_t i = 0; i < p->places; i++) {
		const struct disk_spool_file *f = &p->files[i];

		if (p->state[i] != PLACE_FILE || (id != 0 ? be16_get(f->id) != id : !owner_is(f, userid)))
			continue;
		if (!place_write(p, i, &nothing))
			return STORE_FAILED;
		count++;
	}
	if (id != 0 && count == 0)
		return store_say(p->store, "there is no spool file %04u", id);
	return STORE_DONE;
}

int volume_purge_spool(const char *path, unsigned id, const char *userid, FILE *out)
{
	struct store s;
	struct spool p;
	int status = store_open(&s, path, true, out);

	if (status != STORE_DONE)
		return status;
	status = STORE_FAILED;
	if (id == 0 && userid == NULL)
		store_say(&s, "say which spool file to purge, or whose");
	else if (spool_load(&p, &s)) {
		status = files_purge(&p, id, userid);
		spool_unload(&p);
	}
	store_close(&s);
	return status;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

/* A spool file being written. */
struct writing {
	struct spool *p;
	struct disk_spool_file f;
	uint32_t place;
	uint32_t next; /* where to look for the next free block */
	struct disk_spool_block block;
	size_t used;
	uint32_t records; /* in the block */
	struct disk_spool_indirect indirect;
	int indirect_number; /* which is in `indirect`; -1: none */
};

/* A free block, now in use; 0 with a message if there is none. */
static uint32_t block_take(struct writing *w)
{
	for (; w->next < w->p->blocks; w->next++)
		if (w->p->used[w->next] == 0) {
			w->p->used[w->next] = 1;
			return w->p->first + w->next++;
		}
	store_say(w->p->store, "the spool area is full (%u blocks)", w->p->blocks);
	return 0;
}

static bool indirect_write(struct writing *w)
{
	if (w->indirect_number < 0)
		return true;
	w->indirect.crc = be32_make(crc32_update(0, (uint8_t *)&w->indirect + 8, sizeof(w->indirect) - 8));
	return store_write_block(w->p->store, be32_get(w->f.indirect[w->indirect_number]), &w->indirect);
}

/* Begin indirect block n, the one before it being full. */
static bool indirect_begin(struct writing *w, int n)
{
	uint32_t block;

	if (!indirect_write(w) || (block = block_take(w)) == 0)
		return false;
	w->f.indirect[n] = be32_make(block);
	w->indirect = (struct disk_spool_indirect){.serial = w->f.serial};
	memcpy(w->indirect.magic, DISK_SPOOL_INDIRECT_MAGIC, 4);
	w->indirect_number = n;
	return true;
}

/* Write the block that is full, or the last one. */
static bool block_write(struct writing *w)
{
	uint32_t sequence = be32_get(w->f.blocks), place, block;
	int n = indirect_of(sequence, &place);

	if (sequence == DISK_SPOOL_BLOCKS_MAX) {
		store_say(w->p->store, "the file is too large for a spool file (%u KiB at most)",
			  DISK_SPOOL_BLOCKS_MAX * 4);
		return false;
	}
	if ((n >= 0 && n != w->indirect_number && !indirect_begin(w, n)) || (block = block_take(w)) == 0)
		return false;
	memcpy(w->block.magic, DISK_SPOOL_DATA_MAGIC, 4);
	w->block.serial = w->f.serial;
	w->block.sequence = be32_make(sequence);
	w->block.used = be16_make((uint16_t)w->used);
	w->block.records = be16_make((uint16_t)w->records);
	w->block.crc =
		be32_make(crc32_update(0, (uint8_t *)&w->block + 8, DISK_SPOOL_DATA_HEAD - 8 + w->used));
	if (n < 0)
		w->f.direct[place] = be32_make(block);
	else
		w->indirect.block[place] = be32_make(block);
	w->f.blocks = be32_make(sequence + 1);
	if (!store_write_block(w->p->store, block, &w->block))
		return false;
	w->block = (struct disk_spool_block){0};
	w->used = w->records = 0;
	return true;
}

static bool record_write(struct writing *w, uint8_t control, const void *text, size_t length)
{
	struct disk_spool_record *r;

	if (DISK_SPOOL_RECORD_HEAD + length > DISK_SPOOL_DATA_ROOM - w->used && !block_write(w))
		return false;
	r = (struct disk_spool_record *)(w->block.data + w->used);
	r->length = be16_make((uint16_t)length);
	r->control = control;
	memcpy(r->text, text, length);
	w->used += DISK_SPOOL_RECORD_HEAD + length;
	w->records++;
	w->f.records = be32_make(be32_get(w->f.records) + 1);
	w->f.bytes = be64_make(be64_get(w->f.bytes) + length);
	if (length > be16_get(w->f.width))
		w->f.width = be16_make((uint16_t)length);
	return true;
}

static void pad(uint8_t *to, size_t size, const char *name)
{
	size_t n = strlen(name);

	memset(to, ' ', size);
	for (size_t i = 0; i < n && i < size; i++)
		to[i] = (uint8_t)toupper((unsigned char)name[i]);
}

/* The lowest number that no file has, going round from the highest in use as CP does. */
static unsigned id_free(const struct spool *p)
{
	for (unsigned id = 1; id <= DISK_SPOOL_ID_MAX; id++)
		if (file_find(p, id) == NULL)
			return id;
	return 0;
}

static bool writing_begin(struct writing *w, struct spool *p, const char *userid)
{
	uint64_t now = store_now(), serial = now;

	*w = (struct writing){.p = p, .indirect_number = -1, .place = p->places};
	for (uint32_t i = p->places; i-- > 0;) {
		if (p->state[i] == PLACE_FREE)
			w->place = i;
		else if (p->state[i] == PLACE_FILE && be64_get(p->files[i].serial) >= serial)
			serial = be64_get(p->files[i].serial) + 1;
	}
	if (w->place == p->places || id_free(p) == 0) {
		store_say(p->store, "there is no place for another spool file (%u at most)", p->places);
		return false;
	}
	memcpy(w->f.magic, DISK_SPOOL_FILE_MAGIC, 4);
	w->f.serial = be64_make(serial);
	w->f.created = be64_make(now);
	w->f.id = be16_make((uint16_t)id_free(p));
	w->f.copies = be16_make(1);
	pad(w->f.owner, 8, userid);
	pad(w->f.origin, 8, "SYSTEM");
	pad(w->f.distribution, 8, userid);
	return true;
}

/* Data and indirect blocks are on the disk before the file's sector names them. */
static bool writing_end(struct writing *w)
{
	if ((w->used > 0 && !block_write(w)) || !indirect_write(w) || !store_flush(w->p->store))
		return false;
	w->f.crc = be32_make(crc32_update(0, (uint8_t *)&w->f + 8, sizeof(w->f) - 8));
	return place_write(w->p, w->place, &w->f);
}

/* ---- a host file as a deck of cards -------------------------------------------------------------------------- */

#define CARD       80
#define CARD_PUNCH 0x41 /* as if a 2540 had punched it */

static bool cards_binary(struct writing *w, FILE *in)
{
	uint8_t card[CARD];
	size_t n;

	while ((n = fread(card, 1, CARD, in)) > 0) {
		memset(card + n, 0, CARD - n);
		if (!record_write(w, CARD_PUNCH, card, CARD))
			return false;
	}
	return true;
}

static bool cards_text(struct writing *w, FILE *in, const char *file)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	bool good = true;

	for (unsigned number = 1; good && (n = getline(&line, &room, in)) >= 0; number++) {
		char card[CARD];

		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			n--;
		if (n > CARD) {
			store_say(w->p->store, "%s:%u: the line has %zd characters: a card has %d", file,
				  number, n, CARD);
			good = false;
			break;
		}
		memset(card, ' ', CARD);
		memcpy(card, line, (size_t)n);
		ascii_to_ebcdic(card, CARD);
		good = record_write(w, CARD_PUNCH, card, CARD);
	}
	free(line);
	return good;
}

/* Up to eight letters and digits of a part of a file's name. */
static void name_take(char name[9], const char *from, const char *end)
{
	size_t n = 0;

	for (; from < end && n < 8; from++)
		if (isalnum((unsigned char)*from) || strchr("@#$_-+", *from) != NULL)
			name[n++] = (char)toupper((unsigned char)*from);
	name[n] = '\0';
}

/* "boot/kernel.img" is KERNEL IMG; "parmfile" is PARMFILE FILE. */
static void names_from_file(const char *file, char name[9], char type[9])
{
	const char *base = strrchr(file, '/') != NULL ? strrchr(file, '/') + 1 : file;
	const char *end = base + strlen(base), *dot = strrchr(base, '.');

	name_take(name, base, dot != NULL && dot > base ? dot : end);
	name_take(type, dot != NULL && dot > base ? dot + 1 : end, end);
	if (name[0] == '\0')
		strcpy(name, "FILE");
	if (type[0] == '\0')
		strcpy(type, "FILE");
}

struct deck {
	const char *userid, *file, *name, *type;
	char class;
	enum volume_mode mode;
};

static int deck_write(struct spool *p, const struct deck *k, FILE *in, unsigned *id)
{
	struct writing *w = storage_grow(NULL, sizeof(*w));
	bool good = writing_begin(w, p, k->userid);

	if (good) {
		w->f.device = w->f.origin_device = DISK_SPOOL_READER;
		w->f.class = (uint8_t)k->class;
		w->f.charset = k->mode == VOLUME_TEXT ? DISK_SPOOL_EBCDIC : DISK_SPOOL_BINARY;
		pad(w->f.filename, 8, k->name);
		pad(w->f.filetype, 8, k->type);
		good = k->mode == VOLUME_TEXT ? cards_text(w, in, k->file) : cards_binary(w, in);
	}
	if (good && ferror(in)) {
		store_say(p->store, "cannot read %s: %s", k->file, strerror(errno));
		good = false;
	}
	if (good && be32_get(w->f.records) == 0) {
		store_say(p->store, "%s is empty: a reader file has at least one card", k->file);
		good = false;
	}
	good = good && writing_end(w);
	if (good && id != NULL)
		*id = be16_get(w->f.id);
	free(w);
	return good ? STORE_DONE : STORE_FAILED;
}

static int deck_put(const struct store *s, const struct deck *k, FILE *in, unsigned *id)
{
	struct spool p;
	uint32_t length;
	int status;
	void *entry = store_user(s, k->userid, &length);

	free(entry);
	if (entry == NULL || !spool_load(&p, s))
		return STORE_FAILED;
	status = deck_write(&p, k, in, id);
	spool_unload(&p);
	return status;
}

int volume_put_reader(const char *path, const char *userid, const char *file, const char *name,
		      const char *type, char class, enum volume_mode mode, unsigned *id, FILE *out)
{
	char own_name[9], own_type[9];
	struct deck k = {userid, file, name, type, class == 0 ? 'A' : (char)toupper((unsigned char)class),
			 mode};
	struct store s;
	FILE *in = fopen(file, "rb");
	int status;

	if (in == NULL) {
		fprintf(out, "%s: %s\n", file, strerror(errno));
		return STORE_CANNOT_OPEN;
	}
	names_from_file(file, own_name, own_type);
	k.name = name != NULL ? name : own_name;
	k.type = type != NULL ? type : own_type;
	status = store_open(&s, path, true, out);
	if (status == STORE_DONE) {
		if (!isalnum((unsigned char)k.class) || strlen(k.name) > 8 || strlen(k.type) > 8)
			status = store_say(&s, "a spool file has a class of one letter or digit and names of "
					       "at most 8 characters");
		else
			status = deck_put(&s, &k, in, id);
		store_close(&s);
	}
	fclose(in);
	return status;
}
