/*
 * tcp.h - what the other end of a loopback connection has not read yet.
 */
#ifndef TCP_H
#define TCP_H

/* Bytes that the program at the other end has not read: on their way, or there. 0 when that cannot be told. */
unsigned long tcp_peer_unread(int fd);

#endif
