/*
 * commands.h - the handlers of the command table's rows that live in this directory.
 */
#ifndef COMMAND_COMMANDS_H
#define COMMAND_COMMANDS_H

#include <cp/command.h>

/* logon.c, logoff.c */
int cmd_logon(struct command *c);
int cmd_autolog(struct command *c);
int cmd_xautolog(struct command *c);
int cmd_logoff(struct command *c);
int cmd_directory(struct command *c);
int cmd_disconnect(struct command *c);
int cmd_force(struct command *c);
/* ipl.c */
int cmd_ipl(struct command *c);
int cmd_begin(struct command *c);
int cmd_stop(struct command *c);
int cmd_system(struct command *c);
int cmd_external(struct command *c);
int cmd_ready(struct command *c);
int cmd_attention(struct command *c);
int define_storage(struct command *c);
/* display.c, store.c, trace.c */
int cmd_display(struct command *c);
int cmd_store(struct command *c);
int cmd_trace(struct command *c);
/* talk.c */
int cmd_message(struct command *c);
int cmd_warning(struct command *c);
int cmd_send(struct command *c);
/* set.c, terminal.c, indicate.c */
int cmd_set(struct command *c);
int cmd_terminal(struct command *c);
int cmd_indicate(struct command *c);
/* disk.c */
int cmd_link(struct command *c);
int cmd_detach(struct command *c);
int cmd_define(struct command *c);
/* saved.c */
int cmd_save(struct command *c);
int cmd_restore(struct command *c);
bool saved_name_valid(const char *name);
/* nss.c */
int cmd_savesys(struct command *c);
int purge_nss(struct command *c);
/* saved.c */
int purge_saved(struct command *c);
int set_autosave(struct command *c);
/* system.c, help.c */
int cmd_shutdown(struct command *c);
int cmd_sleep(struct command *c);
/* "n [SEC|MIN|HRS]" from token n on, minutes if nothing is said. 0, or answers and returns the message's number. */
int operand_span(struct command *c, unsigned n, uint64_t *seconds);
int cmd_help(struct command *c);
int cmd_commands(struct command *c);

#endif
