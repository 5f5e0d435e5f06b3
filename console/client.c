/*
 * client.c - talking to the relay of a machine that is up.
 *
 * Read before: relay.c. Read after: console.c, play.c, down.c, status.c.
 * Known simplification: waits for the relay's answer without a limit; the relay never waits for anybody.
 */
#include "client.h"

#include "buffer.h"
#include "rundir.h"
#include "vm40.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool send_line(int fd, const char *text)
{
	char *line = must_format("%s\n", text);
	size_t length = strlen(line);
	bool sent = send(fd, line, length, MSG_NOSIGNAL) == (ssize_t)length;

	free(line);
	return sent;
}

bool client_up(const char *name)
{
	int fd = rundir_dial(name, "control");

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The answer's first line, a byte at a time: what follows belongs to the line. */
static void read_answer(int fd, char *answer, size_t room)
{
	size_t length = 0;

	while (length + 1 < room && recv(fd, answer + length, 1, 0) == 1 && answer[length] != '\n')
		length++;
	answer[length] = '\0';
}

int client_attach(const char *name, unsigned line)
{
	char *request = must_format("attach %u", line);
	char answer[16] = "";
	int fd = rundir_dial(name, "control");

	if (fd < 0) {
		free(request);
		return ATTACH_DOWN;
	}
	if (send_line(fd, request))
		read_answer(fd, answer, sizeof(answer));
	free(request);
	if (strcmp(answer, "ok") == 0)
		return fd;
	close(fd);
	return strcmp(answer, "busy") == 0 ? ATTACH_BUSY : ATTACH_GONE;
}

char *client_ask(const char *name, const char *request)
{
	struct buffer answer = {0};
	char data[512];
	ssize_t length;
	int fd = rundir_dial(name, "control");

	if (fd < 0)
		return NULL;
	if (send_line(fd, request))
		while ((length = recv(fd, data, sizeof(data), 0)) > 0)
			buffer_add(&answer, data, (size_t)length);
	close(fd);
	buffer_add(&answer, "", 1);
	return answer.data;
}
