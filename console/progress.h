/*
 * progress.h - one line on stderr about something that takes more than a second.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

/* Say what begins now; it is shown from the first second on, with the seconds that have passed. */
void progress_begin(const char *what);
/* Done: finish the line if one was shown. */
void progress_end(void);

#endif
