/*
 * typing.h - characters from a terminal become lines.
 */
#ifndef CP_TYPING_H
#define CP_TYPING_H

#include <cp/line.h>

/* What has been typed since the last line's end. */
struct typing {
	unsigned length;
	char last; /* character received */
	char text[LINE_INPUT_MAX];
};

/* The next character: a line's end gives the line to line_input(). */
void typing_character(struct typing *t, struct line *l, char c);
/* Somebody else will type now. */
void typing_forget(struct typing *t);

#endif
