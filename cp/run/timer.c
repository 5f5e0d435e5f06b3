/*
 * timer.c - the queue of things to do at a time of day.
 *
 * Owns: the one queue, ascending by time; the port's real timer is set to
 * its head. Heritage: DMKTMR, DMKSCH's TRQBLOK queue.
 */
#include <cp/arch.h>
#include <cp/timer.h>

static struct list queue = LIST_INIT(queue);

void timer_init(struct timer *t, void (*fire)(struct timer *t))
{
	list_init(&t->queue);
	t->fire = fire;
}

void timer_set(struct timer *t, tod_t due)
{
	struct list *at;

	list_remove(&t->queue);
	t->due = due;
	for (at = queue.prev; at != &queue; at = at->prev)
		if (container_of(at, struct timer, queue)->due <= due)
			break;
	list_insert(at->next, &t->queue);
	if (queue.next == &t->queue)
		arch_timer_set(due);
}

void timer_cancel(struct timer *t)
{
	list_remove(&t->queue);
}

void timer_expire(tod_t now)
{
	struct timer *t;

	while ((t = list_first(&queue, struct timer, queue)) && t->due <= now) {
		list_remove(&t->queue);
		t->fire(t);
	}
	arch_timer_set(timer_next());
}

tod_t timer_next(void)
{
	struct timer *t = list_first(&queue, struct timer, queue);

	return t ? t->due : TOD_NEVER;
}
