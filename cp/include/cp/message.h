/*
 * message.h - the message catalogue.
 *
 * Every reply CP gives is a row here: number, severity, text. Numbers and
 * shapes follow VM ("HCPLOG050E LOGON unsuccessful..."). SET EMSG decides
 * whether code, text or both are shown.
 */
#ifndef CP_MESSAGE_H
#define CP_MESSAGE_H

#include <cp/types.h>

struct message {
	uint16_t number;
	char severity;	    /* A E I W R S T */
	char module[4];	    /* three letters: LOG, IPL, LNK ... */
	const char *text;   /* format() string */
};

/* enum message_id { MSG_UNKNOWN_COMMAND, ... MSG_COUNT } generated from message/catalogue.h rows. */
#define MESSAGE(id, number, severity, module, text) MSG_##id,
enum message_id {
#include <cp/catalogue.h>
	MSG_COUNT
};
#undef MESSAGE

extern const struct message message_table[MSG_COUNT];

#endif
