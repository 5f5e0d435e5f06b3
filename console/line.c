/*
 * line.c - one terminal line in the relay: an emulator's end and a client's end.
 *
 * Text goes through byte for byte on QEMU. On Hercules a typed line is framed for telnet, and waits until the system
 * reads (telnet.c says why). A client that leaves hangs the line up, so that CP disconnects
 * its user; only line 0, the operator's, stays up and keeps its output for the next client.
 * A PC's serial port does not show who is at its other end. There ENQ says that somebody has come and EOT that he
 * is gone; the line is free again when CP has sent EOT back, so that nobody sees what was meant for another.
 *
 * Read before: telnet.c. Read after: relay.c.
 * Known simplification: a client that does not read loses the oldest text past a megabyte.
 */
#include "line.h"

#include "tcp.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TYPED_MAX    65536    /* stop reading a client that types ahead more than this */
#define SHOWN_MAX    1048576u /* oldest text past this is dropped */
#define TEXT_END_MS  20       /* newline_first: a line that has not grown for so long is whole */
#define EMPTY_END_MS 300      /* the same for an empty one, whose text may be on its way */
#define CALL_AGAIN   5.0      /* seconds of the machine's time for Hercules' greeting */
#define KNOCK_AGAIN  2.0      /* seconds of the machine's time: Hercules can lose an attention */
#define ENQ          '\005'
#define EOT          '\004'

long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void line_init(struct line *l, unsigned number, const struct backend *backend)
{
	*l = (struct line){
		.number = number,
		.telnet = backend->telnet,
		.newline_first = backend->newline_first && number == 0,
		.marks = backend->marks && number != 0,
		.upstream = -1,
		.client = -1,
	};
}

bool line_open(struct line *l, struct machine *m)
{
	if (l->upstream < 0) {
		l->upstream = m->backend->connect(m, l->number);
		telnet_start(&l->codec, l->number ? (uint16_t)(0x000F + l->number) : OPERATOR_DEVICE);
		l->knocked = false;
		clock_start(&l->sent, m->pid);
		l->leaving = l->again = false;
	}
	return l->upstream >= 0;
}

bool line_calling(struct line *l)
{
	if (!l->telnet || l->upstream < 0 || !l->codec.banner)
		return false;
	if (clock_read(&l->sent) < CALL_AGAIN)
		return true;
	line_close(l);
	l->again = true;
	return false;
}

void line_attach(struct line *l, int client)
{
	l->client = client;
	if (l->marks)
		buffer_add(&l->wire, (const char[]){ENQ}, 1);
}

void line_detach(struct line *l)
{
	if (l->client >= 0)
		close(l->client);
	l->client = -1;
	if (l->number == 0)
		return;
	buffer_drop(&l->typed, l->typed.length);
	buffer_drop(&l->shown, l->shown.length);
	l->leaving = true;
	if (l->marks)
		buffer_add(&l->wire, (const char[]){EOT}, 1);
	line_flush(l);
}

void line_close(struct line *l)
{
	if (l->upstream >= 0)
		close(l->upstream);
	l->upstream = -1;
	buffer_drop(&l->wire, l->wire.length);
	telnet_free(&l->codec);
}

short line_upstream_events(const struct line *l)
{
	return (short)(POLLIN | (l->wire.length ? POLLOUT : 0));
}

short line_client_events(const struct line *l)
{
	return (short)((l->typed.length < TYPED_MAX ? POLLIN : 0) | (l->shown.length ? POLLOUT : 0));
}

static void show(struct line *l, const char *data, size_t length)
{
	buffer_add(&l->shown, data, length);
	if (l->transcript) {
		fwrite(data, 1, length, l->transcript);
		fflush(l->transcript);
	}
}

/* QEMU's SCLP console: a new line ends the one before it. */
static void show_newline_first(struct line *l, char c)
{
	if (c == '\n') {
		if (l->begun)
			show(l, "\n", 1);
		l->texted = false;
	} else {
		show(l, &c, 1);
		l->texted = true;
	}
	l->begun = true;
	l->last_text = now_ms();
}

/* The last line of all: nothing came after it, so it is whole. */
static void end_last_line(struct line *l)
{
	if (!l->begun || now_ms() - l->last_text < (l->texted ? TEXT_END_MS : EMPTY_END_MS))
		return;
	show(l, "\n", 1);
	l->begun = false;
}

/* Text without the carriage returns and fill that terminals get. */
static void keep_text(struct line *l, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (data[i] == '\r' || data[i] == '\0')
			continue;
		if (l->marks && data[i] == EOT)
			l->leaving = false; /* CP has closed the line */
		else if (l->number && l->client < 0)
			continue; /* for somebody who has left */
		else if (l->newline_first)
			show_newline_first(l, data[i]);
		else
			show(l, &data[i], 1);
	}
	if (l->shown.length > SHOWN_MAX)
		buffer_drop(&l->shown, l->shown.length - SHOWN_MAX);
}

void line_from_upstream(struct line *l)
{
	char data[4096];
	ssize_t length = recv(l->upstream, data, sizeof(data), MSG_DONTWAIT);
	struct buffer text = {0};

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) {
		l->again = l->telnet && l->codec.banner;
		line_close(l);
		return;
	}
	if (l->telnet) {
		telnet_receive(&l->codec, (uint8_t *)data, (size_t)length, &text, &l->wire);
		keep_text(l, text.data, text.length);
		buffer_free(&text);
		l->again = l->codec.refused;
		if (l->again)
			line_close(l);
	} else {
		keep_text(l, data, (size_t)length);
	}
}

void line_from_client(struct line *l)
{
	char data[4096];
	ssize_t length = recv(l->client, data, sizeof(data), MSG_DONTWAIT);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) {
		line_detach(l);
		return;
	}
	for (ssize_t i = 0; l->marks && i < length; i++)
		if (data[i] == ENQ || data[i] == EOT)
			data[i] = ' '; /* nobody may say these for the relay */
	buffer_add(&l->typed, data, (size_t)length);
}

bool line_typing(const struct line *l)
{
	return l->wire.length || (l->typed.length && memchr(l->typed.data, '\n', l->typed.length));
}

void line_type(struct line *l, const char *text)
{
	buffer_text(&l->typed, text);
	buffer_text(&l->typed, "\n");
}

/* Log typed text on its way out, as a printing terminal would show it. */
static void note_typed(struct line *l, size_t length)
{
	if (!l->transcript)
		return;
	fwrite(l->typed.data, 1, length, l->transcript);
	fflush(l->transcript);
}

/*
 * There is a line to type: see that the system reads. Nothing goes out before Hercules has taken what went before. It can
 * lose an attention, and so one that has been heard and not been answered is given again.
 */
static void knock(struct line *l)
{
	if (tcp_peer_unread(l->upstream) || (l->knocked && clock_read(&l->sent) < KNOCK_AGAIN))
		return;
	telnet_knock(&l->wire);
	clock_start(&l->sent, l->sent.pid);
	l->knocked = true;
}

/* The system reads: it gets the next line. When there is none, for a knock was heard twice, it gets an empty one. */
static void answer(struct line *l)
{
	const char *end = l->typed.length ? memchr(l->typed.data, '\n', l->typed.length) : NULL;
	size_t length = end ? (size_t)(end - l->typed.data) : 0;

	l->codec.reads = l->knocked = false;
	if (!end) {
		telnet_knock(&l->wire);
		return;
	}
	telnet_line(l->typed.data, length, &l->wire);
	note_typed(l, length + 1);
	buffer_drop(&l->typed, length + 1);
}

static void frame_telnet(struct line *l)
{
	if (l->upstream < 0 || l->codec.banner || l->wire.length)
		return;
	if (l->codec.reads)
		answer(l);
	else if (l->typed.length && memchr(l->typed.data, '\n', l->typed.length))
		knock(l);
}

static void frame_plain(struct line *l)
{
	if (l->upstream < 0 || l->wire.length || !l->typed.length)
		return;
	note_typed(l, l->typed.length);
	buffer_add(&l->wire, l->typed.data, l->typed.length);
	buffer_drop(&l->typed, l->typed.length);
}

/* Write what the socket takes. false: the other end is gone. */
static bool push(int fd, struct buffer *b)
{
	ssize_t length = send(fd, b->data, b->length, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	buffer_drop(b, (size_t)length);
	return true;
}

void line_flush(struct line *l)
{
	end_last_line(l);
	if (l->telnet)
		frame_telnet(l);
	else
		frame_plain(l);
	if (l->upstream >= 0 && l->wire.length && !push(l->upstream, &l->wire))
		line_close(l);
	if (l->client >= 0 && l->shown.length && !push(l->client, &l->shown))
		line_detach(l);
	if (l->leaving && !l->marks && l->client < 0 && !l->wire.length)
		line_close(l);
}
