/*
 * tcp.h - what the other end of a loopback connection has not read yet.
 */
#ifndef TCP_H
#define TCP_H

/* Bytes that wait in the receive queue of the program at the other end; 0 when that cannot be told. */
unsigned long tcp_peer_unread(int fd);

#endif
