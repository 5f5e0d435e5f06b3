/*
 * list.h - circular doubly linked lists with the node inside the element.
 *
 * An empty list is a head that points at itself; a node that is on no list
 * does too, so list_remove() may be called twice.
 */
#ifndef CP_LIST_H
#define CP_LIST_H

#include <cp/types.h>

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(name)                                                                                      \
	{                                                                                                    \
		&(name), &(name)                                                                             \
	}

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

/* Insert node before pos; before the head means at the tail. */
static inline void list_insert(struct list *pos, struct list *node)
{
	node->prev = pos->prev;
	node->next = pos;
	pos->prev->next = node;
	pos->prev = node;
}

static inline void list_append(struct list *head, struct list *node)
{
	list_insert(head, node);
}

static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/* Walk the elements; the body must not remove the current one. */
#define list_for_each(pos, head, member)                                                                     \
	for (pos = container_of((head)->next, __typeof__(*pos), member); &pos->member != (head);             \
	     pos = container_of(pos->member.next, __typeof__(*pos), member))

/* The same where the body may remove (and free) the current one. */
#define list_for_each_safe(pos, tmp, head, member)                                                           \
	for (pos = container_of((head)->next, __typeof__(*pos), member),                                     \
	    tmp = container_of(pos->member.next, __typeof__(*pos), member);                                  \
	     &pos->member != (head);                                                                         \
	     pos = tmp, tmp = container_of(tmp->member.next, __typeof__(*tmp), member))

#define list_first(head, type, member) (list_empty(head) ? NULL : container_of((head)->next, type, member))

#endif
