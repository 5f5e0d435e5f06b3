/*
 * timer.h - things to do at a time of day, in order, on one real timer.
 * Heritage: DMKTMR, the TRQBLOK queue.
 */
#ifndef CP_TIMER_H
#define CP_TIMER_H

#include <cp/list.h>

struct timer {
	struct list queue;
	tod_t due;
	void (*fire)(struct timer *t); /* must not sleep */
};

void timer_init(struct timer *t, void (*fire)(struct timer *t));
void timer_set(struct timer *t, tod_t due); /* re-arms when already armed */
void timer_cancel(struct timer *t);
/* Fire what is due. Called after every real timer interruption. */
void timer_expire(tod_t now);
/* The earliest due time, or TOD_NEVER. */
tod_t timer_next(void);

#endif
