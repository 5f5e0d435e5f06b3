/*
 * virtio_serial.c - terminal lines on QEMU: one device with many ports.
 *
 * Before it: virtio.c, cp/io/virtqueue.c. After it: cp/io/line.c.
 * Queues 0 and 1 belong to port 0 (which QEMU keeps for consoles), 2 and 3
 * carry control messages (which ports there are, who opens and closes them),
 * and port n has 2n+2 for input and 2n+3 for output. Port n is line n.
 * Known simplification: a port that is taken away while CP runs only loses
 * its carrier.
 * Source: Virtual I/O Device specification 1.0, section 5.3.
 */
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/typing.h>
#include "virtio.h"

#define SERIAL_PORTS     17 /* 1 to 16 are lines */
#define SERIAL_MULTIPORT (1u << 1)
#define INPUT_BUFFERS    2
#define INPUT_SIZE       128
#define OUTPUT_SIZE      512
#define CONTROL_BUFFERS  32
#define CONTROL_SIZE     64

enum { DEVICE_READY, PORT_ADD, PORT_REMOVE, PORT_READY, CONSOLE_PORT, PORT_RESIZE, PORT_OPEN, PORT_NAME };

struct control {
	uint32_t port;
	uint16_t event, value;
};

struct serial_port {
	struct line line;
	struct serial *serial;
	struct virtqueue in, out;
	bool added, sending;
	uint16_t sent; /* descriptor of the output under way */
	struct typing typing;
	int taking;               /* buffer whose text is being taken, or -1 */
	uint32_t taken, received; /* of its bytes */
	bool waiting;             /* until there is room for more lines */
	char input[INPUT_BUFFERS][INPUT_SIZE];
	char output[OUTPUT_SIZE];
};

struct serial {
	struct virtio *virtio;
	struct virtqueue control_in, control_out;
	uint8_t received[CONTROL_BUFFERS][CONTROL_SIZE];
	struct control sent[CONTROL_BUFFERS];
	uint32_t sending; /* a bit for each of sent[] that the device still holds */
	struct serial_port *port[SERIAL_PORTS];
};

/* ---- output ------------------------------------------------------------------------ */

static void port_send(struct serial_port *p)
{
	size_t length;

	if (p->sending || !p->line.open)
		return;
	length = line_output(&p->line, p->output, sizeof(p->output));
	if (!length)
		return;
	p->sending = true;
	p->sent = (p->sent + 1) % p->out.size;
	virtqueue_set(&p->out, p->sent, p->output, (uint32_t)length, 0, 0);
	virtqueue_add(&p->out, p->sent);
	virtqueue_notify(&p->out);
}

/* ---- input --------------------------------------------------------------------------- */

static void port_offer(struct serial_port *p, unsigned n)
{
	virtqueue_set(&p->in, (uint16_t)n, p->input[n], INPUT_SIZE, VIRTIO_WRITE, 0);
	virtqueue_add(&p->in, (uint16_t)n);
}

/* The text of one buffer, as far as there is room; what is typed at a closed line is forgotten. */
static void port_take(struct serial_port *p)
{
	while (p->line.open && p->taken < p->received && !p->waiting) {
		p->waiting = !line_room(&p->line);
		if (!p->waiting)
			typing_character(&p->typing, &p->line, p->input[p->taking][p->taken++]);
	}
}

/* A buffer that waits is not offered again, and so QEMU in the end stops reading from whoever types. */
static void port_received(struct serial_port *p)
{
	bool any = false;

	p->waiting = false;
	while (p->taking >= 0 || (p->taking = virtqueue_take(&p->in, &p->received)) >= 0) {
		if (p->received > INPUT_SIZE)
			p->received = INPUT_SIZE;
		if (p->taking < INPUT_BUFFERS) {
			port_take(p);
			if (p->waiting)
				break;
			port_offer(p, (unsigned)p->taking);
			any = true;
		}
		p->taken = 0;
		p->taking = -1;
	}
	if (any)
		virtqueue_notify(&p->in);
}

static void port_go(struct serial_port *p)
{
	if (p->waiting)
		port_received(p);
	port_send(p);
}

static void port_start(struct line *l)
{
	port_go(l->private);
}

static void port_sent(struct serial_port *p)
{
	uint32_t length;
	int n;

	while ((n = virtqueue_take(&p->out, &length)) >= 0) {
		if (n == p->sent)
			p->sending = false;
	}
	port_go(p);
}

/* ---- control messages ------------------------------------------------------------------ */

static void control_send(struct serial *s, uint32_t port, uint16_t event, uint16_t value)
{
	unsigned n = 0;

	if (!~s->sending)
		return; /* the device does not take them: it is no longer there */
	while (s->sending >> n & 1)
		n++;
	s->sending |= 1u << n;
	s->sent[n] = (struct control){port, event, value};
	virtqueue_set(&s->control_out, (uint16_t)n, &s->sent[n], sizeof(s->sent[n]), 0, 0);
	virtqueue_add(&s->control_out, (uint16_t)n);
	virtqueue_notify(&s->control_out);
}

static const struct line_driver serial_driver = {.name = "virtio", .start = port_start};

static void port_added(struct serial *s, uint32_t number)
{
	struct serial_port *p = number < SERIAL_PORTS ? s->port[number] : NULL;

	control_send(s, number, PORT_READY, p != NULL);
	if (!p)
		return;
	control_send(s, number, PORT_OPEN, 1);
	if (p->added)
		return;
	p->added = true;
	p->line.driver = &serial_driver;
	p->line.private = p;
	p->line.address = s->virtio->address;
	p->line.number = number;
	line_register(&p->line);
}

/*
 * When somebody hangs up, QEMU forgets output that he did not take: its
 * descriptor never comes back. So nothing is under way any more, and the next
 * output gets another descriptor, lest a late return be taken for its own.
 */
static void port_carrier(struct serial_port *p, bool open)
{
	typing_forget(&p->typing);
	p->sending = false;
	if (open)
		line_opened(&p->line);
	else
		line_closed(&p->line);
	if (!open && p->waiting)
		port_received(p); /* and so nobody else's line */
	port_send(p);
}

static void control_received(struct serial *s, const struct control *c)
{
	struct serial_port *p = c->port < SERIAL_PORTS ? s->port[c->port] : NULL;

	if (c->event == PORT_ADD)
		port_added(s, c->port);
	else if (p && p->added && c->event == PORT_OPEN)
		port_carrier(p, c->value);
	else if (p && p->added && c->event == PORT_REMOVE)
		port_carrier(p, false);
}

static void control_offer(struct serial *s, unsigned n)
{
	virtqueue_set(&s->control_in, (uint16_t)n, s->received[n], CONTROL_SIZE, VIRTIO_WRITE, 0);
	virtqueue_add(&s->control_in, (uint16_t)n);
}

static void control_serve(struct serial *s)
{
	bool any = false;
	uint32_t length;
	int n;

	while ((n = virtqueue_take(&s->control_out, &length)) >= 0) {
		if (n < CONTROL_BUFFERS)
			s->sending &= ~(1u << n);
	}
	while ((n = virtqueue_take(&s->control_in, &length)) >= 0) {
		if (n >= CONTROL_BUFFERS)
			continue;
		if (length >= sizeof(struct control))
			control_received(s, (const struct control *)s->received[n]);
		control_offer(s, (unsigned)n);
		any = true;
	}
	if (any)
		virtqueue_notify(&s->control_in);
}

static void serial_received(struct serial *s, bool open)
{
	for (unsigned i = 1; i < SERIAL_PORTS; i++) {
		if (s->port[i] && s->port[i]->line.open == open)
			port_received(s->port[i]);
	}
}

/* Text first, so that what was typed before a hang-up counts; then who came and went; then the newcomers' text. */
static void serial_interrupt(struct virtio *v)
{
	struct serial *s = v->private;

	serial_received(s, true);
	control_serve(s);
	serial_received(s, true);
	serial_received(s, false);
	for (unsigned i = 1; i < SERIAL_PORTS; i++) {
		if (s->port[i])
			port_sent(s->port[i]);
	}
}

/* ---- set-up ------------------------------------------------------------------------------- */

/* Every port gets its queues before the device is ready; QEMU has them for all it could ever have. */
static int port_create(struct serial *s, unsigned number)
{
	struct serial_port *p = heap_alloc(sizeof(*p));

	if (!p)
		return -1;
	p->serial = s;
	p->taking = -1;
	if (virtqueue_create(s->virtio, &p->in, (uint16_t)(2 * number + 2)) < 0 ||
	    virtqueue_create(s->virtio, &p->out, (uint16_t)(2 * number + 3)) < 0)
		return -1;
	for (unsigned n = 0; n < INPUT_BUFFERS; n++)
		port_offer(p, n);
	s->port[number] = p;
	return 0;
}

static int serial_set_up(struct serial *s, struct virtio *v)
{
	uint32_t features;

	s->virtio = v;
	v->private = s;
	v->interrupt = serial_interrupt;
	if (v->transport->begin(v, SERIAL_MULTIPORT, &features) < 0 || !features ||
	    virtqueue_create(s->virtio, &s->control_in, 2) < 0 ||
	    virtqueue_create(s->virtio, &s->control_out, 3) < 0 || s->control_in.size < CONTROL_BUFFERS ||
	    s->control_out.size < CONTROL_BUFFERS)
		return -1;
	for (unsigned number = 1; number < SERIAL_PORTS && !port_create(s, number); number++)
		;
	for (unsigned n = 0; n < CONTROL_BUFFERS; n++)
		control_offer(s, n);
	return v->transport->ready(v);
}

void virtio_serial_probe(struct real_device *d)
{
	struct virtio *v = virtio_create(d);
	struct serial *s = heap_alloc(sizeof(*s));

	if (!v || !s || serial_set_up(s, v) < 0) {
		log_line("Lines %04X: not usable, their set-up failed", d->address);
		return;
	}
	virtqueue_notify(&s->control_in);
	control_send(s, 0, DEVICE_READY, 1);
	for (unsigned i = 1; i < SERIAL_PORTS; i++) {
		if (s->port[i])
			virtqueue_notify(&s->port[i]->in);
	}
}
