/*
 * query.h - the handlers of QUERY's operands, for its table; helpers that two files of the family need.
 */
#ifndef COMMAND_QUERY_H
#define COMMAND_QUERY_H

#include <cp/link.h>

/* query_user.c */
int query_time(struct command *c);
int query_names(struct command *c);
int query_users(struct command *c);
int query_userid(struct command *c);
int query_share(struct command *c);
int query_privclass(struct command *c);
int query_secuser(struct command *c);
int query_files(struct command *c);
/* query_device.c */
int query_console(struct command *c);
int query_dasd(struct command *c);
int query_virtual(struct command *c);
int query_virtual_storage(struct command *c);
int query_links(struct command *c);
/* saved.c */
int query_saved(struct command *c);
int query_autosave(struct command *c);
/* nss.c */
int query_nss(struct command *c);
/* query_system.c */
int query_cplevel(struct command *c);
int query_storage(struct command *c);
int query_lines(struct command *c);
/* cptrace.c */
int query_cptrace(struct command *c);
int set_cptrace(struct command *c);
int query_cpuid(struct command *c);
int query_pf(struct command *c);
/* logmsg.c */
int query_logmsg(struct command *c);
int set_logmsg(struct command *c);
/* set.c, terminal.c, trace.c */
int query_set(struct command *c);
int query_terminal(struct command *c);
int query_trace(struct command *c);

#endif
