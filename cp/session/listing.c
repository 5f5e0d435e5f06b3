/*
 * listing.c - CP's own lines in a spooled console.
 *
 * Owns: the way of CP's answers and messages into the console's spool file, while SPOOL CONSOLE START is in force. The guest's
 * lines go there by device/console.c. Before: output.c. After: spool files. Heritage: DMKQCN's console spooling.
 * Simplification: they come a moment later than on the terminal, so a line of the guest's may overtake one of CP's.
 *
 * Writing to a spool file sleeps, and CP answers in places that must not (a walk over all machines). So lines are kept
 * here, and the session's task takes them out.
 */
#include <cp/console.h>
#include <cp/session_private.h>
#include <cp/string.h>

bool listing_started(struct vm *vm)
{
	struct console *c = console_of(device_find_kind(vm, "CONS"));

	return c && c->spool.started;
}

void listing_add(struct session *s, const char *text, size_t length)
{
	if (!s->vm || !listing_started(s->vm) || length >= sizeof(s->listing) - s->listed)
		return;
	memcpy(s->listing + s->listed, text, length);
	s->listing[s->listed + length] = '\n';
	s->listed += length + 1;
	task_wake(s);
}

/* Take the lines out first: more may come while one is written. */
void listing_drain(struct session *s)
{
	char lines[sizeof(s->listing)], *end;
	size_t length = s->listed;

	if (!length)
		return;
	memcpy(lines, s->listing, length);
	s->listed = 0;
	for (char *p = lines; p < lines + length; p = end + 1) {
		end = memchr(p, '\n', (size_t)(lines + length - p));
		console_listing(s->vm, p, (size_t)(end - p));
	}
}
