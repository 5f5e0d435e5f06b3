/*
 * spool_out.c - spool files leave the volume: copied to the host, or purged.
 *
 * Owns: how a printer's commands become lines. Before it: spool.c. After it: `vm40 volume`.
 * Heritage: the line printer of the machine room.
 * Simplification: spacing and skips to channel 1 are followed; other channels are one line.
 */
#include <errno.h>
#include <string.h>
#include <cp/format.h>
#include "spool.h"
#include "volume.h"

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

static int file_copy(const struct spool *p, unsigned id, enum volume_mode mode, FILE *to)
{
	const struct disk_spool_file *f = spool_find(p, id);
	struct copying c = {.to = to, .text = mode == VOLUME_TEXT};
	unsigned damaged;

	if (f == NULL)
		return store_say(p->store, "there is no spool file %04u", id);
	c.ebcdic = f->charset != DISK_SPOOL_ASCII;
	damaged = spool_walk(p, f, copy_record, &c);
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
	int status = store_open(&s, path, STORE_READ, out);

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

static int files_purge(struct spool *p, unsigned id, const char *userid)
{
	static const struct disk_spool_file nothing;
	unsigned count = 0;

	for (uint32_t i = 0; i < p->places; i++) {
		const struct disk_spool_file *f = &p->files[i];

		if (p->state[i] != PLACE_FILE || (id != 0 ? be16_get(f->id) != id : !owner_is(f, userid)))
			continue;
		if (!spool_place_write(p, i, &nothing))
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
	int status = store_open(&s, path, STORE_WRITE, out);

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
