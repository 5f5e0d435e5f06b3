/*
 * spool_command.h - what the spool commands' files share.
 */
#ifndef CP_SPOOL_COMMAND_H
#define CP_SPOOL_COMMAND_H

#include <cp/command.h>
#include <cp/spool.h>

/* Operands: 0, or the number of the message that was given. */
int spool_class(struct command *c, unsigned n, bool any, char *class); /* any: '*' too */
int spool_copies(struct command *c, unsigned n, uint8_t *copies);
int spool_names(struct command *c, unsigned *n, const char **name,
		const char **type);                                 /* "fn [ft]"; *n goes past them */
int spool_user(struct command *c, unsigned n, const char **userid); /* a userid of the directory */
/* Tell both sides that a file, which was `was` ("PUN", "RDR"), has come into its owner's reader. */
void spool_announce(struct command *c, const struct spool_file *f, const char *was);

/* "[userid] queue {spoolid ... | CLASS c | ALL}": the ids of the files that it means. */
struct spool_selection {
	const char *owner;
	enum spool_queue queue;
	bool every_queue; /* PURGE ALL */
	char class;       /* '*': any */
	uint16_t *ids;
	unsigned count;
	unsigned next; /* token after it */
};
int spool_select(struct command *c, unsigned n, struct spool_selection *s);
void spool_select_end(struct spool_selection *s);
/* The selected file, if it is still there and still its owner's. */
struct spool_file *spool_selected(const struct spool_selection *s, unsigned index);

#endif
