/*
 * parse.h - a directory file becomes a model.
 */
#ifndef DIRECTORY_PARSE_H
#define DIRECTORY_PARSE_H

#include "grammar.h"
#include "message.h"
#include "model.h"

struct parser {
	struct model *model;
	struct messages *m;
	struct user *entry; /* the USER or PROFILE that statements belong to; NULL in front of the first */
	struct user
		nowhere; /* stands in for an entry whose first statement was wrong, so that the rest is checked all the same */
	uint64_t seen;         /* statements of the entry, by their place in the grammar */
	unsigned statements;   /* of the entry, its first included */
	bool devices;          /* a device statement of the entry was seen */
	bool rows;             /* a password may be SECRET:n, a row of the database's hashes */
	bool front_complained; /* that the file does not begin with DIRECTORY */
	struct statement_text text;
	struct values values;
};

/* Read the whole source. Errors are counted in m; the model is usable, though not complete, even then. */
void parse_source(struct model *model, const struct source *source, struct messages *m);
/* Read one entry, without a DIRECTORY statement before it; `rows` as above. The entry, or NULL. */
struct user *parse_entry(struct model *model, const struct source *source, struct messages *m, bool rows);

/* What each statement does: rows of the grammar point here. Operands are already in order. */
void statement_directory(struct parser *p, const struct statement *s, const struct values *v);
void statement_user(struct parser *p, const struct statement *s, const struct values *v);
void statement_profile(struct parser *p, const struct statement *s, const struct values *v);
void statement_include(struct parser *p, const struct statement *s, const struct values *v);
void statement_account(struct parser *p, const struct statement *s, const struct values *v);
void statement_machine(struct parser *p, const struct statement *s, const struct values *v);
void statement_storage(struct parser *p, const struct statement *s, const struct values *v);
void statement_maxstorage(struct parser *p, const struct statement *s, const struct values *v);
void statement_class(struct parser *p, const struct statement *s, const struct values *v);
void statement_option(struct parser *p, const struct statement *s, const struct values *v);
void statement_ipl(struct parser *p, const struct statement *s, const struct values *v);
void statement_share(struct parser *p, const struct statement *s, const struct values *v);
void statement_logonby(struct parser *p, const struct statement *s, const struct values *v);
void statement_autolog(struct parser *p, const struct statement *s, const struct values *v);
void statement_command(struct parser *p, const struct statement *s, const struct values *v);
void statement_console(struct parser *p, const struct statement *s, const struct values *v);
void statement_spool(struct parser *p, const struct statement *s, const struct values *v);
void statement_mdisk(struct parser *p, const struct statement *s, const struct values *v);
void statement_temporary(struct parser *p, const struct statement *s, const struct values *v);
void statement_kept(struct parser *p, const struct statement *s, const struct values *v);
void statement_kept_device(struct parser *p, const struct statement *s, const struct values *v);
void statement_link(struct parser *p, const struct statement *s, const struct values *v);

#endif
