/*
 * message.h - the message catalogue.
 *
 * Every refusal and warning CP gives is a row of catalogue.h: number,
 * severity, text. Numbers and shapes follow VM ("HCPLGA050E LOGON
 * unsuccessful..."). SET EMSG decides whether code, text or both are shown.
 * The number is also the command's return code.
 */
#ifndef CP_MESSAGE_H
#define CP_MESSAGE_H

#include <cp/types.h>
#include <stdarg.h>

struct message {
	uint16_t number;
	char severity;    /* A E I W R S T */
	char module[4];   /* three letters: LGA, IPL, LNK ... */
	const char *text; /* format() string */
};

/* enum message_id { MSG_UNKNOWN_COMMAND, ... MSG_COUNT }, one for each row. */
#define MESSAGE(id, number, severity, module, text) MSG_##id,
enum message_id {
#include <cp/catalogue.h>
	MSG_COUNT
};
#undef MESSAGE

extern const struct message message_table[MSG_COUNT];

/* The message as SET EMSG (SET_EMSG_CODE, SET_EMSG_TEXT of vm.h) wants it; an empty string when neither. dst is
 * always terminated. Returns the message's number. */
int message_format(char *dst, size_t size, uint32_t emsg, enum message_id id, ...);
int message_format_v(char *dst, size_t size, uint32_t emsg, enum message_id id, va_list ap);

#endif
