/*
 * deck.c - a host file becomes a deck of cards in a user's reader.
 *
 * Owns: writing a spool file. Before it: spool.c. After it: `vm40 volume`, and the guest that reads the cards.
 * Heritage: the card reader of the machine room.
 * Simplification: cards have 80 columns.
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
	int n = spool_indirect_of(sequence, &place);

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
		if (spool_find(p, id) == NULL)
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
	return spool_place_write(w->p, w->place, &w->f);
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
	status = store_open(&s, path, STORE_WRITE, out);
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
