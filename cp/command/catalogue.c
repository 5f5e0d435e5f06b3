/*
 * catalogue.c - the message table, and how a message is put together.
 *
 * Owns: the rows of catalogue.h as data, and the one place where SET EMSG is obeyed. Before: format.c. After: reply.c.
 * Heritage: DMKERM, which every module called with its three letters and a number.
 * Simplification: one language.
 */
#include <cp/format.h>
#include <cp/message.h>
#include <cp/string.h>
#include <cp/vm.h>

/* clang-format off */
#define MESSAGE(id, number, severity, module, text) [MSG_##id] = {number, severity, module, text},
/* clang-format on */
const struct message message_table[MSG_COUNT] = {
#include <cp/catalogue.h>
};
#undef MESSAGE

int message_format_v(char *dst, size_t size, uint32_t emsg, enum message_id id, va_list ap)
{
	const struct message *m = &message_table[id];
	size_t used = 0;

	if (size == 0)
		return m->number;
	dst[0] = '\0';
	if (emsg & SET_EMSG_CODE)
		used = format(dst, size, "HCP%.3s%03u%c ", m->module, m->number, m->severity);
	if (used >= size)
		return m->number;
	if (emsg & SET_EMSG_TEXT)
		format_v(dst + used, size - used, m->text, ap);
	else if (used > 0)
		dst[used - 1] = '\0'; /* the blank after the code */
	return m->number;
}

int message_format(char *dst, size_t size, uint32_t emsg, enum message_id id, ...)
{
	va_list ap;
	int number;

	va_start(ap, id);
	number = message_format_v(dst, size, emsg, id, ap);
	va_end(ap);
	return number;
}
