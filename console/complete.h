/*
 * complete.h - completion of CP commands and user ids in the console.
 */
#ifndef COMPLETE_H
#define COMPLETE_H

/* Read the commands and the user ids; takes the paths over. */
void complete_read(char *commands_path, char *users_path);
/* All words that may stand for `text` behind the words `before` it on the line. */
void complete_candidates(const char *before, const char *text, void (*found)(void *context, const char *word),
			 void *context);
/* Switch completion on for a machine; its directory is looked up for user ids. */
void complete_init(const char *name);

#endif
