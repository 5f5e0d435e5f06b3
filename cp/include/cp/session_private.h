/*
 * session_private.h - what the files of session/ and the logon commands share.
 */
#ifndef CP_SESSION_PRIVATE_H
#define CP_SESSION_PRIVATE_H

#include <cp/command.h>
#include <cp/format.h>
#include <cp/session.h>
#include <cp/vm.h>

/* session.c */
extern bool sessions_started;                      /* lines may have sessions now */
struct session *session_open_line(struct line *l); /* a new session, greeted; NULL: no storage */
void session_greet(struct session *s);
/* While true no session begins another command; sessions_hold() sets it and lets them know. */
extern bool sessions_held;
void sessions_hold(bool held);

/* output.c */
void session_reply_init(struct session *s);

/* listing.c: is the console spooled; a line of CP's for its file; write what is waiting (sleeps, needs the machine). */
bool listing_started(struct vm *vm);
void listing_add(struct session *s, const char *text, size_t length);
void listing_drain(struct session *s);

/* input.c: one line of input; sleeps. */
void input_line(struct session *s, const char *text);

/* build.c: the machine of a directory entry, with its devices; NULL after a message to the reply. */
struct vm *machine_build(const char *userid, const void *entry, size_t length, struct reply *reply);
/* What the entry allows him; false: it is damaged. */
struct machine_rights {
	uint32_t classes;
	uint64_t storage, max_storage;
	char account[9], distribution[9];
};
void rights_give(struct vm *vm, const struct machine_rights *rights);
bool machine_rights(const void *entry, size_t length, struct machine_rights *rights);
/* logoff.c: a disconnected session for a machine that nobody has found yet; now it is found. NULL: no storage. */
struct session *session_adopt(struct vm *vm);
/* What a user reads first. */
void session_welcome(struct vm *vm);
/* The entry's COMMAND statements, then its IPL. */
void machine_start(struct vm *vm, const void *entry, size_t length, bool noipl, struct reply *reply);

/* command/logon.c: the line that answers LOGON's question. */
int logon_password(struct session *s, const char *text);
/* command/disk.c: the same for LINK's. */
void link_password(struct session *s, const char *text);

/* command/password.c */
struct object_secret;
/* Does text (upper case) match? Yields; takes the same time for every text. A NULL secret matches nothing, in the
 * time that the usual secret takes. */
bool password_matches(const struct object_secret *secret, const char *text);
/* It was wrong, for a command that began then, at this session (NULL: nobody's): returns when the answer is due, later
 * with each failure in a row, and tells the operator of every fourth. `last` is what it was tried for. */
void password_wrong(struct session *s, tod_t began, const char *command, const char *last);

/* command/when.c: "10:02:33 GMT MONDAY 11/23/26", at least 40 bytes; and "10:02:33". */
void when_text(tod_t t, char *dst, size_t size);
void when_clock(tod_t t, char dst[9]);
/* "CONNECT= hh:mm:ss VIRTCPU= mmm:ss.hh TOTCPU= mmm:ss.hh", at least 64 bytes. */
void when_account(const struct vm *vm, char *dst, size_t size);

/* logoff.c: "FILES: 0001 RDR,   NO PRT,   NO PUN". */
/* The operator's lines for everybody, if there are any (logmsg.c). */
void logmsg_show(struct reply *reply);
/* The operator's lines for everybody, if there are any (logmsg.c). */
void logmsg_show(struct reply *reply);
void files_text(const char *userid, char *dst, size_t size);
/* ipl.c: "64M", at least 16 bytes. */
void size_text(uint64_t bytes, char *dst, size_t size);
/* What IPL name means: a saved system, or with CMS a disk. false: nothing. */
bool ipl_by_name(struct ipl_settings *ipl, const char *name);
/* query_system.c: CP's IPL is now. */
void query_started(void);

/* ---- wrong passwords (lockout.c) ---------------------------------------- */

#define LOCKOUT_FAILURES 5 /* wrong ones in a row */
#define LOCKOUT_TIME     (5 * 60 * TOD_SECOND)

/* Whose failures are counted: the user's who is to be logged on, or the user's who links. */
enum lockout_kind { LOCKOUT_LOGON, LOCKOUT_LINK };

/* Is every password wrong for now? */
bool lockout_active(enum lockout_kind kind, const char *name);
/* One more was wrong. True: that was the last one for a while. */
bool lockout_failed(enum lockout_kind kind, const char *name);
void lockout_clear(enum lockout_kind kind, const char *name);

#endif
