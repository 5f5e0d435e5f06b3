/*
 * tcp.c - what the other end of a loopback connection has not read yet.
 *
 * Both ends of a loopback connection are in /proc/net/tcp; the other end's row has our ports the other way round. Our
 * row says what has not arrived there (the sending queue), its row what has arrived and not been read.
 *
 * Read before: telnet.c. Read after: line.c.
 * Known simplification: IPv4 only, as Hercules' lines are.
 */
#include "tcp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

unsigned long tcp_peer_unread(int fd)
{
	struct sockaddr_in us = {0}, them = {0};
	socklen_t length = sizeof(us);
	unsigned long sending, arrived, found = 0;
	unsigned local, remote;
	char line[256];
	FILE *f;

	if (getsockname(fd, (struct sockaddr *)&us, &length) ||
	    getpeername(fd, (struct sockaddr *)&them, &length))
		return 0;
	f = fopen("/proc/net/tcp", "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*d: %*x:%x %*x:%x %*x %lx:%lx", &local, &remote, &sending, &arrived) != 4)
			continue;
		if (local == ntohs(us.sin_port) && remote == ntohs(them.sin_port))
			found += sending;
		else if (local == ntohs(them.sin_port) && remote == ntohs(us.sin_port))
			found += arrived;
	}
	if (f)
		fclose(f);
	return found;
}
