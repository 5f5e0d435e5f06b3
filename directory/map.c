/*
 * map.c - where everything lies: a volume's extents, owners, gaps, overlaps.
 *
 * Owns: the two drawings. Before it: the extents of a database. After it: the eye.
 * Heritage: DISKMAP, and DirMaint's FREEXT and USEDEXT.
 * Simplification: a volume is one line.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"
#include "verb.h"

struct piece {
	uint64_t first, end; /* in the order of first */
	char userid[9];
	unsigned vdev;
	bool overlap; /* with one before it */
};

struct map {
	char volser[7];
	uint64_t first, end; /* of the minidisk space; end 0: not known */
	struct piece *pieces;
	size_t count, room;
};

static void pieces_load(struct map *m, struct database *d)
{
	sqlite3_stmt *s = database_ask(
		d,
		"SELECT m.start, coalesce(m.start + m.blocks, ?2), e.name, m.vdev FROM minidisk m"
		" JOIN volume v ON v.id = m.volume_id JOIN entry e ON e.id = m.entry_id WHERE v.volser = ?1"
		" ORDER BY m.start, e.name",
		"ti", m->volser, (int64_t)(m->end != 0 ? m->end : UINT64_C(1) << 32));
	uint64_t reached = 0;

	while (s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		struct piece *p;

		if (m->count == m->room)
			m->pieces =
				storage_grow(m->pieces, (m->room = m->room * 2 + 64) * sizeof(*m->pieces));
		p = &m->pieces[m->count++];
		*p = (struct piece){.first = (uint64_t)sqlite3_column_int64(s, 0),
				    .end = (uint64_t)sqlite3_column_int64(s, 1),
				    .vdev = (unsigned)sqlite3_column_int(s, 3)};
		snprintf(p->userid, sizeof(p->userid), "%s", sqlite3_column_text(s, 2));
		p->overlap = p->first < reached;
		reached = reached > p->end ? reached : p->end;
	}
	sqlite3_finalize(s);
}

static struct map map_load(struct database *d, const char *volser)
{
	struct map m = {0};
	uint64_t blocks;

	snprintf(m.volser, sizeof(m.volser), "%s", volser);
	if (database_space(d, volser, &m.first, &blocks))
		m.end = m.first + blocks;
	else
		m.first = 0;
	pieces_load(&m, d);
	return m;
}

/* ---- as text ------------------------------------------------------------------------------------------------------------------ */

static void line(FILE *to, uint64_t first, uint64_t end, const char *what)
{
	fprintf(to, "  %10llu - %10llu  %10llu  %s\n", (unsigned long long)first, (unsigned long long)end - 1,
		(unsigned long long)(end - first), what);
}

static void map_text(const struct map *m, FILE *to)
{
	uint64_t at = m->first, gaps = 0, used = 0;

	fprintf(to, "%s\n       first         last      blocks\n", m->volser);
	for (size_t i = 0; i < m->count; i++) {
		const struct piece *p = &m->pieces[i];
		char what[64];

		if (p->first > at) {
			line(to, at, p->first, "(gap)");
			gaps += p->first - at;
		}
		snprintf(what, sizeof(what), "%-8s %04X%s", p->userid, p->vdev,
			 p->overlap ? "  *OVERLAP*" : "");
		line(to, p->first, p->end, what);
		used += p->end - p->first;
		at = at > p->end ? at : p->end;
	}
	if (m->end > at) {
		line(to, at, m->end, "(gap)");
		gaps += m->end - at;
	}
	fprintf(to, "%zu minidisks, %llu blocks used, %llu free%s\n", m->count, (unsigned long long)used,
		(unsigned long long)gaps,
		m->end == 0 ? " before the last one; the size of the volume is not known" : "");
}

/* ---- for programs ------------------------------------------------------------------------------------------------------------- */

/* An extent, or a gap, which has no owner. Volumes and userids hold no sign that JSON minds. */
static void map_json(const struct map *m, FILE *to)
{
	uint64_t at = m->first;

	for (size_t i = 0; i <= m->count; i++) {
		const struct piece *p = &m->pieces[i];
		uint64_t first = i < m->count ? p->first : m->end;

		if (first > at)
			fprintf(to,
				"{\"volser\": \"%s\", \"first\": %llu, \"blocks\": %llu, \"userid\": null}\n",
				m->volser, (unsigned long long)at, (unsigned long long)(first - at));
		if (i == m->count)
			break;
		fprintf(to,
			"{\"volser\": \"%s\", \"first\": %llu, \"blocks\": %llu, \"userid\": \"%s\", \"vdev\": "
			"\"%04X\", \"overlap\": %s}\n",
			m->volser, (unsigned long long)p->first, (unsigned long long)(p->end - p->first),
			p->userid, p->vdev, p->overlap ? "true" : "false");
		at = at > p->end ? at : p->end;
	}
}

/* ---- as a picture ---------------------------------------------------------------------------------------------------------------- */

#define WIDTH  1200.0
#define HEIGHT 60
#define TOP    40

static void rectangle(FILE *to, double x, double w, int y, const char *class, const struct piece *p)
{
	fprintf(to,
		"<rect class='%s' x='%.2f' y='%d' width='%.2f' height='%d'><title>%s %04X: "
		"%llu-%llu%s</title></rect>\n",
		class, x, y, w < 0.5 ? 0.5 : w, HEIGHT, p->userid, p->vdev, (unsigned long long)p->first,
		(unsigned long long)p->end - 1, p->overlap ? " OVERLAP" : "");
	if (w > 60)
		fprintf(to, "<text x='%.2f' y='%d'>%s %03X</text>\n", x + 4, y + HEIGHT / 2 + 4, p->userid,
			p->vdev);
}

/* Userids hold no sign that XML minds: no `<`, `&` or quote passes the grammar. */
static void map_svg(const struct map *m, int y, FILE *to)
{
	uint64_t end = m->end != 0 ? m->end : m->count > 0 ? m->pieces[m->count - 1].end : 1;
	double scale = WIDTH / (double)(end - m->first > 0 ? end - m->first : 1);

	fprintf(to, "<text x='0' y='%d'>%s: blocks %llu-%llu</text>\n", y - 8, m->volser,
		(unsigned long long)m->first, (unsigned long long)end - 1);
	fprintf(to, "<rect class='free' x='0' y='%d' width='%.0f' height='%d'/>\n", y, WIDTH, HEIGHT);
	for (size_t i = 0; i < m->count; i++) {
		const struct piece *p = &m->pieces[i];

		rectangle(to, (double)(p->first - m->first) * scale, (double)(p->end - p->first) * scale, y,
			  p->overlap ? "overlap"
			  : i % 2    ? "used b"
				     : "used a",
			  p);
	}
}

static void svg_begin(FILE *to, unsigned volumes)
{
	fprintf(to,
		"<svg xmlns='http://www.w3.org/2000/svg' viewBox='-10 0 %d %u' font-family='sans-serif' "
		"font-size='12'>\n"
		"<style>.free{fill:#eee;stroke:#999}.a{fill:#7aa6c2}.b{fill:#a9c7d8}.overlap{fill:#c33}</"
		"style>\n",
		(int)WIDTH + 20, volumes * (HEIGHT + TOP) + 20);
}

/* ---- all volumes, or one ------------------------------------------------------------------------------------------------------------ */

static int maps(struct verb *v, const char *volser, bool svg)
{
	static const char sql[] = "SELECT volser FROM volume WHERE ?1 IS NULL OR volser = ?1 ORDER BY volser";
	static const char how_many[] = "SELECT count(*) FROM volume WHERE ?1 IS NULL OR volser = ?1";
	unsigned count = (unsigned)database_number(&v->c.d, 0, how_many, "t", volser), n = 0;
	sqlite3_stmt *s = database_ask(&v->c.d, sql, "t", volser);
	FILE *to = verb_to(v->d);

	if (svg)
		svg_begin(to, count);
	for (; s != NULL && sqlite3_step(s) == SQLITE_ROW; n++) {
		struct map m = map_load(&v->c.d, (const char *)sqlite3_column_text(s, 0));

		if (svg)
			map_svg(&m, TOP + (int)n * (HEIGHT + TOP), to);
		else
			(v->d->json ? map_json : map_text)(&m, to);
		free(m.pieces);
	}
	if (svg)
		fputs("</svg>\n", to);
	sqlite3_finalize(s);
	return n > 0 ? (int)v->c.d.failed
		     : verb_fail(v, "there is no volume %s in the directory", volser != NULL ? volser : "");
}

static int map_of(const struct direct *d, const char *volser, bool svg)
{
	struct direct alone = *d;
	struct verb v;
	int status;

	alone.volume = NULL;
	status = verb_begin(&v, &alone, DATABASE_READ);
	if (status == 0)
		status = maps(&v, volser, svg);
	verb_end(&v);
	return status;
}

int direct_map(const struct direct *d, const char *volser)
{
	return map_of(d, volser, false);
}

int direct_map_svg(const struct direct *d, const char *volser)
{
	return map_of(d, volser, true);
}
