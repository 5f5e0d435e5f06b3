/*
 * progress.h - one line on stderr about something that takes more than a second.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

/* Say what begins now; it is shown once it has taken a second (`progress_tick`). */
void progress_begin(const char *what);
void progress_tick(void);
/* Done: finish the line if one was shown. */
void progress_end(void);

#endif
