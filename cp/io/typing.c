/*
 * typing.c - characters from a terminal become lines.
 *
 * Before it: drivers of terminals that send one character at a time. After
 * it: line.c.
 * Known simplification: the terminal echoes what is typed itself.
 */
#include <cp/typing.h>

/* Characters beyond a line's greatest length are lost; CR LF ends one line, not two. */
void typing_character(struct typing *t, struct line *l, char c)
{
	char before = t->last;

	t->last = c;
	if (c == '\n' && before == '\r')
		return;
	if (c == '\n' || c == '\r') {
		line_input(l, t->text, t->length);
		t->length = 0;
	} else if ((c == '\b' || c == 0x7f) && t->length) {
		t->length--;
	} else if (t->length < sizeof(t->text)) {
		t->text[t->length++] = c;
	}
}

void typing_forget(struct typing *t)
{
	t->length = 0;
}
